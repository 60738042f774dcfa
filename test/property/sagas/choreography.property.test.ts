import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Thread } from '../../../sagas/choreography/choreography-event.ts';
import type { TrackedSaga } from '../../../sagas/choreography/tracked-saga.ts';
import type { SagaDefinition } from '../../../sagas/definition.ts';
import { materialReceipt } from '../../../sagas/material-receipt/definition.ts';
import { orderFulfilment } from '../../../sagas/order-fulfilment/definition.ts';
import type { SagaStart } from '../../../sagas/runner/saga-state.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import {
  createFaultyParticipants,
  type Faults,
} from '../../support/choreography/faulty-participants.ts';
import { orchestrate, sendBack } from '../../support/choreography/orchestrated.ts';
import {
  ChoreographyWorld,
  lifetime,
  patience,
  startedAt,
  type Chance,
  type Mishaps,
} from '../../support/choreography/world.ts';

const sagaId = 'SO-1';
const reason = { code: 'saga.cancelled', detail: 'by the customer' };
const deadline = epochMs(startedAt + lifetime);

/** A step that leaves nothing to undo is passed by. */
const withoutPacking: SagaDefinition = {
  ...orderFulfilment,
  steps: [
    orderFulfilment.steps[0],
    ...orderFulfilment.steps
      .slice(1)
      .map(({ compensation, ...step }) =>
        step.name === 'pack-order' || compensation === undefined ? step : { ...step, compensation },
      ),
  ],
};

const facts = {
  order_id: sagaId,
  ...{ amount: 12.5, currency: 'EUR', receipt_id: sagaId, material_id: 'M-1', quantity: 2 },
  lines: [{ product_id: 'P-1', quantity: 2 }],
};

const start: SagaStart = {
  ...{ sagaId, instanceId: '', facts, startedAt, deadline },
  ...{ stepPatience: patience.step, compensationPatience: patience.compensation },
};

const definitionArbitrary = fc.constantFrom(orderFulfilment, withoutPacking, materialReceipt);

function faultsOf(definition: SagaDefinition): fc.Arbitrary<Faults> {
  const steps = definition.steps.map(({ name }) => name);
  const undos = definition.steps.flatMap(({ compensation }) => compensation?.name ?? []);
  const some = (names: readonly string[]) =>
    fc.dictionary(fc.constantFrom(...names), fc.integer({ min: 1, max: 4 }), { maxKeys: 2 });
  return fc.record(
    {
      refused: fc.constantFrom(...steps),
      refusedUndos: some(undos),
      silent: some([...steps, ...undos]),
      isEffective: fc.boolean(),
      isTwice: fc.boolean(),
    },
    { requiredKeys: ['refusedUndos', 'silent', 'isEffective', 'isTwice'] },
  );
}

const scenarios = definitionArbitrary.chain((definition) =>
  fc.record({
    definition: fc.constant(definition),
    faults: faultsOf(definition),
    seed: fc.infiniteStream(fc.nat({ max: 0xffff })),
  }),
);

function chanceFrom(stream: fc.Stream<number>): Chance {
  return (below) => (below <= 1 ? 0 : Number(stream.next().value) % below);
}

/** Demands that come at some point of the story, each a number of deliveries after its start. */
interface Demand {
  readonly after: number;
  readonly kind: 'start' | 'cancel';
}

async function play(world: ChoreographyWorld, demands: readonly Demand[]) {
  let waiting = [...demands];
  for (let delivered = 0; ; delivered += 1) {
    if (delivered > 5000) throw new Error(`no end:\n${world.timeline.slice(-60).join('\n')}`);
    const present = waiting.filter(({ after }) => after <= delivered || world.isIdle);
    waiting = waiting.filter((demand) => !present.includes(demand));
    for (const { kind } of present) await demand(world, kind);
    if (delivered > 300) world.calmDown();
    if (!world.isIdle) await world.deliverOne();
    else if (!(await passTime(world))) break;
  }
  const state = await world.state(sagaId);
  return { state, saga: state?.saga };
}

async function demand(world: ChoreographyWorld, kind: Demand['kind']): Promise<void> {
  const thread: Thread = {
    ...{ sagaId, facts, startedAt, deadline, undos: [] },
    definition: world.definition.name,
  };
  const id = `${sagaId}/${kind}-requested`;
  await world.publish(
    kind === 'start'
      ? { kind: 'start-requested', id, sagaId, thread }
      : { kind: 'cancel-requested', id, sagaId, reason, at: world.now },
  );
}

/** False when nobody waits for anything any more. */
async function passTime(world: ChoreographyWorld): Promise<boolean> {
  const next = await world.nextDue();
  if (next === undefined) return false;
  world.now = epochMs(Math.max(world.now, next));
  await world.strikeClock();
  return true;
}

/** With a broker that remembers what it has seen, or hardly any repetition: each one multiplies. */
const rough: fc.Arbitrary<Mishaps> = fc.oneof(
  fc.record({
    crash: fc.constantFrom(0, 20, 60),
    duplicate: fc.constantFrom(0, 20, 50),
    delay: fc.constant(0),
  }),
  fc.constant({ crash: 3, duplicate: 3, delay: 0, isForgetful: true }),
);

/** Each second answer would be answered twice in turn. */
function bearable(faults: Faults, { isForgetful = false }: Mishaps): Faults {
  return isForgetful ? { ...faults, isTwice: false } : faults;
}

function stepsOf(commandIds: readonly string[]): readonly string[] {
  return commandIds.map((id) => id.slice(sagaId.length + 1));
}

describe('the choreographed saga', () => {
  it('ends as the orchestrated one, with the same balance, in whatever order events come', async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, rough, async ({ definition, seed, ...scenario }, mishaps) => {
        const faults = bearable(scenario.faults, mishaps);
        const chance = chanceFrom(seed);
        const world = new ChoreographyWorld(definition, { faults, mishaps }, chance);
        const demands = [0, chance(40), chance(400)].map(
          (after) => ({ kind: 'start', after }) as const,
        );
        const { state, saga } = await play(world, demands);
        const participants = createFaultyParticipants(faults);
        const expected = orchestrate(definition, start, participants);
        const story = world.timeline.join('\n');
        expect(saga?.phase, story).toBe(expected.phase);
        expect(saga?.thread.reason?.code, story).toBe(expected.reason?.code);
        expect(stepsOf(world.participants.standing()), story).toEqual(
          stepsOf(participants.standing()),
        );
        expect(state?.parked, story).toEqual([]);
        expect(world.listed.get(sagaId)).toBe(saga?.phase);
        expect(world.helpCalls.length > 0).toBe(saga?.phase === 'needs-human');
        expect([...world.participants.effects.values()].every((count) => count === 1)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('is compensated by a cancellation at any time, before its start and after its end included', async () => {
    const runs = fc.record({ cancelAfter: fc.nat({ max: 120 }), startAfter: fc.nat({ max: 20 }) });
    await fc.assert(
      fc.asyncProperty(scenarios, rough, runs, async ({ definition, seed }, mishaps, at) => {
        const faults = { refusedUndos: {}, silent: {}, isEffective: false, isTwice: false };
        const chance = chanceFrom(seed);
        const world = new ChoreographyWorld(definition, { faults, mishaps }, chance);
        const { state, saga } = await play(world, [
          { kind: 'start', after: at.startAfter },
          { kind: 'cancel', after: at.cancelAfter },
        ]);
        const participants = createFaultyParticipants(faults);
        orchestrate(definition, start, participants);
        const expected = sendBack(definition, { ...start, reason }, participants);
        const story = world.timeline.join('\n');
        expect(saga?.phase, story).toBe(expected.phase);
        expect(saga?.thread.reason, story).toEqual(reason);
        expect(undoable(definition, world.participants.standing()), story).toEqual([]);
        expect(undoable(definition, participants.standing())).toEqual([]);
        expect(state?.parked, story).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('ends, and keeps money, stock and parcels in agreement, whatever is late as well', async () => {
    const late = fc.record({
      crash: fc.constantFrom(0, 30),
      duplicate: fc.constantFrom(0, 30),
      delay: fc.constantFrom(5, 40),
    });
    await fc.assert(
      fc.asyncProperty(scenarios, late, fc.boolean(), async (scenario, mishaps, isCancelled) => {
        const { definition, faults, seed } = scenario;
        const chance = chanceFrom(seed);
        const world = new ChoreographyWorld(definition, { faults, mishaps }, chance);
        const cancel = { kind: 'cancel', after: chance(80) } as const;
        const { state, saga } = await play(world, [
          { kind: 'start', after: 0 },
          ...(isCancelled ? [cancel] : []),
        ]);
        const story = world.timeline.join('\n');
        const standing = undoable(definition, world.participants.standing());
        expect(['completed', 'compensated', 'needs-human'], story).toContain(saga?.phase);
        expect(state?.parked, story).toEqual([]);
        expect([...world.participants.effects.values()].every((count) => count === 1)).toBe(true);
        agree(definition, saga, { standing, story });
      }),
      { numRuns: 400 },
    );
  });
});

/** What stands is what the state of the saga says, and what the customer has is not refunded. */
function agree(
  definition: SagaDefinition,
  saga: TrackedSaga | undefined,
  { standing, story }: { readonly standing: readonly string[]; readonly story: string },
): void {
  const open = saga?.thread.undos.filter(({ status }) => status !== 'undone') ?? [];
  const known = {
    running: [],
    compensating: [],
    completed: undoable(definition),
    compensated: [],
    'needs-human': open.map(({ step }) => step),
  }[saga?.phase ?? 'running'];
  expect(known, story).toEqual(expect.arrayContaining([...standing]));
  if (saga?.phase === 'completed') expect(standing, story).toHaveLength(known.length);
  const isGivenAway = standing.includes('ship-order') && !standing.includes('charge-payment');
  expect(isGivenAway, story).toBe(false);
}

/** Those of the steps that can be undone; without steps, all of the definition. */
function undoable(definition: SagaDefinition, standing?: readonly string[]): readonly string[] {
  const steps = definition.steps.filter(({ compensation }) => compensation !== undefined);
  const names = steps.map(({ name }) => name);
  return standing === undefined ? names : stepsOf(standing).filter((name) => names.includes(name));
}
