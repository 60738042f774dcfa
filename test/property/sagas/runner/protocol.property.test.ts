import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createScheduler,
  type Outcome,
  type Scheduler,
} from '../../../support/ingest-world/scheduler.ts';
import {
  createProtocolWorld,
  sagaId,
  type ProtocolWorld,
} from '../../../support/sagas/protocol-world.ts';

interface Schedule {
  readonly starts: number;
  readonly cancels: number;
  /** Each lets one call through, or breaks something. */
  readonly choices: readonly (readonly [fault: number, place: number])[];
}

const schedules: fc.Arbitrary<Schedule> = fc.record({
  starts: fc.integer({ min: 1, max: 3 }),
  cancels: fc.integer({ min: 0, max: 2 }),
  choices: fc.array(fc.tuple(fc.nat(15), fc.nat(1_000)), {
    minLength: 60,
    maxLength: 160,
    size: 'max',
  }),
});

const at = <Item>(items: readonly Item[], place: number): Item | undefined =>
  items[place % items.length];

interface Stage {
  readonly world: ProtocolWorld;
  readonly scheduler: Scheduler;
  readonly lines: readonly string[];
}

const outcomes: readonly Outcome[] = ['refused', 'answer-lost'];
const kill = 2;
const twin = 3;

/** Lets a call through, loses it or its answer, kills its process, or begins its work twice. */
async function step(
  { world, scheduler }: Stage,
  [fault, place]: readonly [number, number],
): Promise<void> {
  const call = at(scheduler.pending, place);
  if (call === undefined) return;
  const task = world.tasks.get(call.processName.split('#')[0] ?? '');
  if (task === undefined || (fault !== kill && fault !== twin)) {
    await call.finish(outcomes[fault] ?? 'ok');
    return;
  }
  if (fault === kill) scheduler.kill(call.processName);
  world.attempt(task);
}

async function play({ starts, cancels, choices }: Schedule): Promise<Stage> {
  const lines: string[] = [];
  const scheduler = createScheduler((line) => lines.push(line));
  const stage = { world: createProtocolWorld(scheduler), scheduler, lines };
  const arrivals = [
    ...Array.from({ length: starts }, (_, place) => ['event', `e-${place}`] as const),
    ...Array.from({ length: cancels }, (_, place) => ['cancel', `c-${place}`] as const),
  ];
  for (const choice of choices) {
    await scheduler.settle();
    // Events arrive while others are being handled, in an order of the schedule's own.
    const isArrival = choice[1] % 23 === 0 || scheduler.pending.length === 0;
    const [arrival] = isArrival ? arrivals.splice(choice[1] % (arrivals.length || 1), 1) : [];
    if (arrival === undefined) await step(stage, choice);
    else stage.world[arrival[0]](arrival[1]);
  }
  for (const [kind, id] of arrivals) stage.world[kind](id);
  await comeToRest(stage);
  return stage;
}

/** Nothing fails any more, and everybody gets their turn. */
async function comeToRest({ scheduler, lines }: Stage): Promise<void> {
  for (let steps = 0; steps < 5_000; steps += 1) {
    await scheduler.settle();
    const [first] = scheduler.pending;
    if (first === undefined) return;
    await first.finish('ok');
  }
  throw new Error(`The saga never comes to rest:\n${lines.slice(-40).join('\n')}`);
}

async function check(schedule: Schedule): Promise<void> {
  const { world, lines } = await play(schedule);
  const timeline = lines.join('\n');
  expect(world.failures, timeline).toEqual([]);
  expect(
    [...world.tasks.values()].filter(({ isDone }) => !isDone),
    timeline,
  ).toEqual([]);
  const { stored, replies, cancels } = await world.store.open(sagaId);
  const claim = stored?.claim;
  // An order runs once, and goes back once.
  expect(
    world.entered.filter((run) => run === 'forward'),
    timeline,
  ).toHaveLength(1);
  expect(world.entered.length, timeline).toBeLessThanOrEqual(2);
  expect(claim?.phase, timeline).toBe('closed');
  expect(
    [...world.instances.values()].flat().some(({ isAlive }) => isAlive),
    timeline,
  ).toBe(false);
  // No reply and no cancel is lost: each is stored, and what no run has seen is known as late.
  expect(new Set(replies.map(({ id }) => id))).toEqual(new Set(world.replies.map(({ id }) => id)));
  expect(cancels).toHaveLength(schedule.cancels);
  // Whoever was cancelled ends compensated, however late the cancel came.
  const outcome = (claim?.returnEnding ?? claim?.ending)?.outcome;
  expect(outcome, timeline).toBe(schedule.cancels > 0 ? 'compensated' : 'completed');
  const listed = await Promise.all(
    (['running', 'compensating', 'completed', 'compensated'] as const).map((phase) =>
      world.listing.list(phase, 10),
    ),
  );
  const phases = listed.flatMap(({ sagas }) => sagas.map(({ phase }) => phase));
  expect(phases, timeline).toEqual([outcome]);
}

describe('the protocol around a claim', () => {
  it('runs an order once and compensates it when it was cancelled, whatever crashes or comes twice', async () => {
    await fc.assert(fc.asyncProperty(schedules, check), { numRuns: 500 });
  });
});
