import * as df from 'durable-functions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  eventType,
  type ScheduleEvent,
} from '../../../../../local/host/durable/history/history-event.ts';
import { isFinished } from '../../../../../local/host/durable/instance/instance.ts';
import type { Message } from '../../../../../local/host/durable/instance/message.ts';
import { OrchestratorWorld } from '../../../../support/host-apps/orchestrator-world.ts';

/** One thing that a random orchestrator asks for. The label is what it has to get back. */
type Leaf =
  | { readonly kind: 'activity' | 'child' | 'event' | 'timer'; readonly label: string }
  | { readonly kind: 'retry'; readonly label: string; readonly failures: number };

type Statement =
  | { readonly kind: 'one'; readonly leaf: Leaf }
  | { readonly kind: 'all' | 'any'; readonly leaves: readonly Leaf[] }
  | { readonly kind: 'signal' };

type Task = df.Task & { readonly result?: unknown; cancel?: () => void };
interface Context {
  readonly df: df.DurableOrchestrationContext;
}

const maxAttempts = 4;

function ask({ df: api }: Context, leaf: Leaf): Task {
  switch (leaf.kind) {
    case 'activity':
      return api.callActivity(leaf.label, leaf.label);
    case 'child':
      return api.callSubOrchestrator(leaf.label, leaf.label);
    case 'event':
      return api.waitForExternalEvent(leaf.label);
    case 'timer':
      return api.createTimer(new Date(api.currentUtcDateTime.getTime() + 1));
    case 'retry': {
      const input = { failures: leaf.failures };
      const retry = new df.RetryOptions(1, maxAttempts);
      return api.callActivityWithRetry(leaf.label, retry, input);
    }
  }
}

const wanted = (leaf: Leaf): string | null => (leaf.kind === 'timer' ? null : leaf.label);

/** What an orchestrator should have got, and what it got. */
type Seen = readonly [unknown, unknown];

/** Runs the statements and says, of each, what it should have got and what it got. */
function* runStatements(
  context: Context,
  statements: readonly Statement[],
): Generator<df.Task, Seen[], unknown> {
  const seen: Seen[] = [];
  for (const statement of statements) {
    switch (statement.kind) {
      case 'signal':
        context.df.signalEntity(new df.EntityId('entity', 'key'), 'touch');
        break;
      case 'one':
        seen.push([wanted(statement.leaf), (yield ask(context, statement.leaf)) ?? null]);
        break;
      case 'all':
        seen.push(yield* runAll(context, statement.leaves));
        break;
      case 'any':
        seen.push(yield* runAny(context, statement.leaves));
    }
  }
  return seen;
}

function* runAll(context: Context, leaves: readonly Leaf[]): Generator<df.Task, Seen, unknown> {
  const values = yield context.df.Task.all(leaves.map((leaf) => ask(context, leaf)));
  return [leaves.map(wanted), (values as unknown[]).map((value) => value ?? null)];
}

function* runAny(context: Context, leaves: readonly Leaf[]): Generator<df.Task, Seen, unknown> {
  const tasks = leaves.map((leaf) => ask(context, leaf));
  const winner = yield context.df.Task.any(tasks);
  for (const task of tasks) if (!task.isCompleted) task.cancel?.();
  const index = tasks.indexOf(winner as Task);
  const leaf = leaves[index];
  return [leaf && wanted(leaf), tasks[index]?.result ?? null];
}

function completion(task: ScheduleEvent, executionId: string, seed: object): Message {
  const place = { executionId, taskId: task.EventId };
  switch (task.EventType) {
    case eventType.timerCreated:
      return { kind: 'timerFired', ...place, fireAt: task.FireAt };
    case eventType.subOrchestrationCreated:
      return { kind: 'childCompleted', ...place, result: JSON.stringify(task.Name) };
    case eventType.eventSent:
      throw new Error('a signal is not answered');
    case eventType.taskScheduled:
      return activityEnd(task.Name, task.Input, { ...place, seed });
  }
}

function activityEnd(
  name: string,
  input: string | null,
  { seed, ...place }: { executionId: string; taskId: number; seed: object },
): Message {
  const content: unknown = JSON.parse(input ?? 'null');
  const asked =
    typeof content === 'object' && content !== null && 'failures' in content
      ? Number(content.failures)
      : 0;
  const left = attemptsOf(seed).get(name) ?? asked;
  attemptsOf(seed).set(name, left - 1);
  if (left > 0) return { kind: 'activityFailed', ...place, reason: 'no', details: 'luck' };
  return { kind: 'activityCompleted', ...place, result: JSON.stringify(name) };
}

const attempts = new WeakMap<object, Map<string, number>>();
function attemptsOf(seed: object): Map<string, number> {
  const known = attempts.get(seed) ?? new Map<string, number>();
  attempts.set(seed, known);
  return known;
}

const kinds = ['activity', 'child', 'event', 'timer', 'retry'] as const;

/** Retries are not put into Task.all: there the SDK and the real host themselves part company. */
const statementOf = (position: number): fc.Arbitrary<Statement> => {
  const leaf = (index: number, allowed: readonly Leaf['kind'][]): fc.Arbitrary<Leaf> =>
    fc
      .record({ kind: fc.constantFrom(...allowed), failures: fc.nat({ max: maxAttempts - 1 }) })
      .map(({ kind, failures: count }): Leaf => {
        const label = `${kind}-${position}-${index}`;
        return kind === 'retry' ? { kind, label, failures: count } : { kind, label };
      });
  const leaves = (allowed: readonly Leaf['kind'][]): fc.Arbitrary<Leaf[]> =>
    fc
      .integer({ min: 1, max: 4 })
      .chain((count) =>
        fc.tuple(...Array.from({ length: count }, (_, index) => leaf(index, allowed))),
      );
  const settled = kinds.filter((kind) => kind !== 'retry');
  return fc.oneof(
    leaf(0, kinds).map((one): Statement => ({ kind: 'one', leaf: one })),
    leaves(settled).map((each): Statement => ({ kind: 'all', leaves: each })),
    leaves(kinds).map((each): Statement => ({ kind: 'any', leaves: each })),
    fc.constant<Statement>({ kind: 'signal' }),
  );
};

const programs = fc
  .integer({ min: 1, max: 6 })
  .chain((length) => fc.tuple(...Array.from({ length }, (_, position) => statementOf(position))));

function eventNames(statements: readonly Statement[]): string[] {
  return statements
    .flatMap((each) =>
      each.kind === 'signal' ? [] : each.kind === 'one' ? [each.leaf] : each.leaves,
    )
    .flatMap(({ kind, label }) => (kind === 'event' ? [label] : []));
}

type Choose = (bound: number) => number;

async function runProgram(
  program: readonly Statement[],
  choose: Choose,
): Promise<OrchestratorWorld> {
  const world = new OrchestratorWorld((context: Context) => runStatements(context, program));
  const events = eventNames(program).map((name): Message => {
    return { kind: 'eventRaised', messageId: name, name, input: JSON.stringify(name) };
  });
  const told: Message[] = [];
  const seed = {};
  await world.step([]);
  for (let round = 0; round < 400 && !isFinished(world.instance); round += 1) {
    const batch = chooseBatch(world, { events, seed }, choose);
    told.push(...batch);
    // Every message may come again, at once or later.
    if (choose(3) === 0) batch.push(...told.slice(choose(told.length)).filter(isNoControl));
    // A host that is killed before the commit leaves no trace of the episode.
    if (choose(4) === 0) await world.step(batch, true);
    await world.step(batch);
  }
  return world;
}

function chooseBatch(
  world: OrchestratorWorld,
  { events, seed }: { readonly events: Message[]; readonly seed: object },
  choose: Choose,
): Message[] {
  const batch: Message[] = [{ kind: choose(4) === 0 ? 'suspend' : 'resume' }];
  const open = [...world.open.values()];
  const count = 1 + choose(3);
  while (batch.length <= count && events.length + open.length > 0) {
    const isEvent = events.length > 0 && (open.length === 0 || choose(3) === 0);
    const tasks = isEvent ? [] : open.splice(choose(open.length), 1);
    const ends = tasks.map((task) => completion(task, world.instance.executionId, seed));
    batch.push(...ends, ...(isEvent ? events.splice(choose(events.length), 1) : []));
  }
  return batch;
}

/** A pause that comes again is a new pause. */
function isNoControl({ kind }: Message): boolean {
  return kind !== 'suspend' && kind !== 'resume';
}

function expectNothingTwice({ history: { played } }: OrchestratorWorld): void {
  const ended = played.flatMap((event): unknown[] => {
    if ('TaskScheduledId' in event) return [event.TaskScheduledId];
    if ('TimerId' in event) return [event.TimerId];
    return 'MessageId' in event ? [event.MessageId] : [];
  });
  expect(new Set(ended).size).toBe(ended.length);
}

describe('the numbers of tasks', () => {
  it('are those of the SDK, whatever an orchestrator asks for and in whatever order it ends', async () => {
    await fc.assert(
      fc.asyncProperty(programs, fc.infiniteStream(fc.nat()), async (program, stream) => {
        const choose = (bound: number): number =>
          (stream.next().value as number) % Math.max(bound, 1);
        const world = await runProgram(program, choose);
        expect(world.instance.status).toBe('Completed');
        expectNothingTwice(world);
        const seen = JSON.parse(world.instance.output ?? 'null') as Seen[];
        for (const [expected, actual] of seen) expect(actual).toEqual(expected);
        expect(seen).toHaveLength(program.filter(({ kind }) => kind !== 'signal').length);
      }),
      { numRuns: 400 },
    );
  });
});
