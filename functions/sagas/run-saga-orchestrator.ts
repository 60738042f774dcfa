import type { OrchestrationContext, Task } from 'durable-functions';
import type { Command } from '../../domain/messages.ts';
import type { SagaDefinition } from '../../sagas/definition.ts';
import type { SagaMachine } from '../../sagas/runner/machine-generations.ts';
import type { SagaState } from '../../sagas/runner/machine-state.ts';
import { toEntry, toRunMessage, toStartedInput } from '../../sagas/runner/run-codec.ts';
import type {
  ClosingRequest,
  Entry,
  EntryRequest,
  ListingRequest,
  RunInput,
} from '../../sagas/runner/run.ts';
import type { Advance, SagaInput, SagaOutcome } from '../../sagas/runner/saga-state.ts';
import {
  briefRetries,
  callWithRetries,
  openMailbox,
  patientRetries,
  timeOf,
  type Woken,
} from './durable-tasks.ts';
import { durableNames } from './names.ts';
import { toRunView } from '../../sagas/runner/run-view.ts';

/** What a run interprets and what it interprets it with. */
export interface RunSagaParts {
  readonly machineOf: (version: string | undefined) => SagaMachine;
  readonly definitionNamed: (name: string) => SagaDefinition | undefined;
}

/** What a run leaves in the task hub; the claim has the rest. */
interface RunResult {
  readonly outcome: SagaOutcome | 'refused';
}

type Durable = OrchestrationContext['df'];
type Entered = Entry & { readonly kind: 'entered' };

/**
 * The orchestrator of sagas: it enters the claim, lets the pure machine decide, sends what the
 * machine wants sent, waits for replies, cancels and instants, and closes the claim in the end. It
 * is replayed from its history: it uses nothing but its context, and its time.
 */
export function createRunSaga(parts: RunSagaParts) {
  return function* runSaga({ df }: OrchestrationContext): Generator<Task, RunResult, unknown> {
    const input = toStartedInput(df.getInput());
    if (input === undefined) throw new Error('This instance was not started for a saga');
    const request: EntryRequest = { ...input, at: timeOf(df) };
    const call = { name: durableNames.enterSaga, input: request };
    const entry = toEntry(yield callWithRetries(df, call, patientRetries));
    if (entry?.kind !== 'entered') return { outcome: 'refused' };
    const definition = parts.definitionNamed(entry.definition);
    if (definition === undefined) throw new Error(`There is no saga ${entry.definition}`);
    const run = { df, input, entry, definition, machine: parts.machineOf(df.version) };
    return { outcome: yield* interpret(run) };
  };
}

interface Run {
  readonly df: Durable;
  readonly input: RunInput;
  readonly entry: Entered;
  readonly definition: SagaDefinition;
  readonly machine: SagaMachine;
}

function* interpret(run: Run): Generator<Task, SagaOutcome, unknown> {
  const mailbox = openMailbox(run.df);
  const seen = new Set(run.entry.cancels.map(({ id }) => id));
  let shown: SagaState['phase'] = run.input.run === 'forward' ? 'running' : 'compensating';
  let { state, commands } = begin(run);
  for (;;) {
    yield* show(run, state, shown);
    shown = state.phase;
    yield* send(run.df, commands);
    if (state.wakeAt === undefined) return yield* close(run, state, [...seen]);
    const told = toInput(yield* mailbox.next(state.wakeAt));
    if (told !== undefined) noteSeen(seen, told);
    ({ state, commands } = advance(run, state, told));
  }
}

/** Whoever may call the engine can raise an event: what is none of ours is undefined. */
function toInput(woken: Woken): SagaInput | undefined {
  return woken.kind === 'time' ? woken : toRunMessage(woken.message);
}

function noteSeen(seen: Set<string>, told: SagaInput): void {
  if (told.kind === 'reply') seen.add(told.reply.id);
  if (told.kind === 'cancel') seen.add(told.id);
}

function advance(
  { df, definition, machine }: Run,
  state: SagaState,
  told: SagaInput | undefined,
): Advance<SagaState> {
  if (told === undefined) return { state, commands: [] };
  return machine.advance(definition, state, { input: told, now: timeOf(df) });
}

/**
 * The first decision. A saga that was cancelled before it began takes no step: what the machine has
 * begun is undone, and a participant refuses a step that it has undone unseen.
 */
function begin({ df, input, entry, definition, machine }: Run): Advance<SagaState> {
  const now = timeOf(df);
  const { start, cancels } = entry;
  if (input.run === 'return') {
    const reason = cancels[0]?.reason ?? { code: 'saga.cancelled', detail: '' };
    return machine.beginReturn(definition, { ...start, reason }, now);
  }
  const begun = machine.begin(definition, start);
  return cancels.reduce<Advance<SagaState>>(
    ({ state, commands }, cancel) => {
      const told: SagaInput = { kind: 'cancel', ...cancel };
      const next = machine.advance(definition, state, { input: told, now });
      return { state: next.state, commands: [...commands, ...next.commands] };
    },
    { state: begun.state, commands: cancels.length === 0 ? begun.commands : [] },
  );
}

/**
 * Sends commands one after the other. One that cannot be sent is like one without an answer: the
 * machine sends it again when its patience with the answer ends.
 */
function* send(df: Durable, commands: readonly Command[]): Generator<Task, void, unknown> {
  for (const command of commands) {
    try {
      yield callWithRetries(df, { name: durableNames.sendCommand, input: command }, briefRetries);
    } catch {
      // The failed activity is in the log and in the history.
    }
  }
}

/** Shows the state in the status of the instance, and a new phase in the list of sagas. */
function* show(
  { df, entry }: Run,
  state: SagaState,
  shown: SagaState['phase'],
): Generator<Task, void, unknown> {
  df.setCustomStatus(toRunView(state));
  if (state.phase !== 'compensating' || shown !== 'running') return;
  const { sagaId, startedAt } = entry.start;
  const request: ListingRequest = {
    saga: {
      ...{ sagaId, startedAt, definition: entry.definition, variant: 'orchestration' },
      phase: 'compensating',
      changedAt: timeOf(df),
      reason: state.reason?.code ?? '',
    },
    former: 'running',
  };
  yield callWithRetries(df, { name: durableNames.listSaga, input: request }, patientRetries);
}

function* close(
  { df, input }: Run,
  state: SagaState,
  seen: readonly string[],
): Generator<Task, SagaOutcome, unknown> {
  const { phase, reason, facts, journal, stuck } = state;
  if (phase === 'running' || phase === 'compensating') throw new Error('The saga has not ended');
  for (const compensation of stuck) {
    const call = { name: durableNames.reportStuck, input: compensation };
    yield callWithRetries(df, call, patientRetries);
  }
  const ending = {
    ...{ outcome: phase, at: timeOf(df), facts, journal, stuck, seen },
    ...(reason !== undefined && { reason }),
  };
  const request: ClosingRequest = { ...input, ending };
  yield callWithRetries(df, { name: durableNames.closeSaga, input: request }, patientRetries);
  return phase;
}
