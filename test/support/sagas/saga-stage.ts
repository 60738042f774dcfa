import type { Command, Reply } from '../../../domain/messages.ts';
import { orderFulfilment } from '../../../sagas/order-fulfilment/definition.ts';
import { instanceIdOf, type Entry, type RunKind } from '../../../sagas/runner/run.ts';
import { durationMs, epochMs } from '../../../shared/kernel/time.ts';
import { DurableStage, type Activities, type Recording } from './durable-stage.ts';

export const sagaId = 'SO-1';
export const startedAt = Date.UTC(2026, 10, 21, 8);

type Entered = Entry & { readonly kind: 'entered' };

/** A call of an activity. */
export interface Call {
  readonly name: string;
  readonly input: unknown;
}

export interface SagaStage {
  readonly stage: DurableStage;
  readonly calls: readonly Call[];
  /** Commands in the order of their sending. */
  readonly sent: () => readonly Command[];
  readonly callsOf: (name: string) => readonly unknown[];
  /** Answers the command that was sent last. */
  readonly reply: (outcome?: Reply['outcome']) => Promise<void>;
}

/** What the first activity answers, as it would for an order without lines. */
export function entryFor(run: RunKind, cancels: Entered['cancels'] = []): Entered {
  const minute = 60_000;
  return {
    kind: 'entered',
    definition: orderFulfilment.name,
    cancels,
    start: {
      sagaId,
      instanceId: instanceIdOf(sagaId, run),
      facts: { order_id: sagaId, amount: 12.5, currency: 'USD', lines: [] },
      startedAt: epochMs(startedAt),
      deadline: epochMs(startedAt + 60 * minute),
      stepPatience: { attempts: 3, timeout: durationMs(5 * minute), backoff: 2 },
      compensationPatience: { attempts: 2, timeout: durationMs(5 * minute), backoff: 2 },
    },
  };
}

export const recordingOf = (run: RunKind): Omit<Recording, 'history'> => ({
  instanceId: instanceIdOf(sagaId, run),
  input: { sagaId, run, token: 't-1' },
  version: '1.0',
});

/** Activities that answer the entry and note every call; `also` may fail one. */
function noting(calls: Call[], entry: Entry, also: (call: Call) => void): Activities {
  return (name, input) => {
    calls.push({ name, input });
    also({ name, input });
    return name === 'enter-saga' ? entry : undefined;
  };
}

/** Begins a run with the real SDK, machine and definition. */
export async function beginRun(
  run: RunKind,
  entry: Entry = entryFor(run),
  also: (call: Call) => void = () => undefined,
): Promise<SagaStage> {
  const calls: Call[] = [];
  const stage = await DurableStage.begin(recordingOf(run), noting(calls, entry, also), startedAt);
  return sagaStage(stage, calls);
}

/** Takes up a recorded run. */
export async function resumeRun(recording: Recording): Promise<SagaStage> {
  const calls: Call[] = [];
  const activities = noting(calls, { kind: 'refused' }, () => undefined);
  return sagaStage(await DurableStage.resume(recording, activities), calls);
}

function sagaStage(stage: DurableStage, calls: readonly Call[]): SagaStage {
  const callsOf = (name: string): readonly unknown[] =>
    calls.filter((call) => call.name === name).map(({ input }) => input);
  const sent = (): readonly Command[] => callsOf('send-command') as readonly Command[];
  return {
    ...{ stage, calls, callsOf, sent },
    reply: async (outcome = { kind: 'done', data: {} }) => {
      const command = sent().at(-1);
      if (command === undefined) throw new Error('No command was sent');
      await stage.raise({ kind: 'reply', reply: replyTo(command, outcome) });
    },
  };
}

export function replyTo(
  { id, name, participant, replyTo: address, sagaId: saga }: Command,
  outcome: Reply['outcome'] = { kind: 'done', data: {} },
): Reply {
  return {
    ...{ id: `${id}/reply`, commandId: id, commandName: name, participant },
    ...{ sagaId: saga, replyTo: address, outcome },
  };
}
