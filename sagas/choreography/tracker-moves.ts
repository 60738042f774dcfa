import { assertNever } from '../../shared/kernel/assert-never.ts';
import type { EpochMs } from '../../shared/kernel/time.ts';
import type { JournalEntry, SagaOutcome, SagaReason } from '../runner/saga-state.ts';
import { undoFailed, withUndo } from './answers.ts';
import { descend, outcomeOf } from './reactions.ts';
import {
  compensatedCode,
  eventIdOf,
  isStepEvent,
  type SagaEvent,
  type StepEvent,
  type Thread,
  type ThreadEvent,
  type UndoRecord,
} from './saga-event.ts';
import { awaitedStep, patienceOf, wakeOf } from './tracked-saga.ts';
import type { TrackedSaga, Watch } from './tracked-saga.ts';

/** An instance after an event, and what the tracker tells the others because of it. */
export interface Move {
  readonly saga: TrackedSaga;
  readonly tells: readonly ThreadEvent[];
}

/** The instance of a saga that starts now. */
export function begin(thread: Thread, { definition, now }: Watch): Move {
  const [first] = definition.steps;
  const saga: TrackedSaga = {
    ...{ thread, phase: 'running', turn: 0, isRefused: false, undoing: undefined },
    ...{ attempt: 1, askedAt: now, changedAt: now },
    journal: [
      { at: now, what: 'started' },
      { at: now, what: 'command-sent', step: first.name, attempt: 1 },
    ],
  };
  return { saga, tells: [tell(thread, 'started')] };
}

/** What an event does whose turn has come. */
export function move(saga: TrackedSaga, event: SagaEvent, watch: Watch): Move {
  if (isStepEvent(event)) return answer(saga, event, watch);
  if (event.kind === 'cancel-requested') return cancel(saga, event.reason, watch);
  if (event.kind === 'cancelled') return compensate(saga, event.thread.reason, watch);
  if (event.kind === 'clock-struck') return onClock(saga, watch);
  return { saga, tells: [] };
}

function answer(saga: TrackedSaga, event: StepEvent, watch: Watch): Move {
  switch (event.kind) {
    case 'done':
      return onDone(saga, event, watch);
    case 'refused':
      return onRefused(saga, event, watch);
    case 'undone':
      return onUndo(saga, { step: event.step, status: 'undone' }, watch);
    case 'undo-failed': {
      const { step, code, detail } = event;
      return onUndo(saga, { step, status: 'failed', code, detail }, watch);
    }
    default:
      return assertNever(event);
  }
}

function onDone(saga: TrackedSaga, { thread, step }: StepEvent, { definition, now }: Watch): Move {
  const told = { ...saga, thread: { ...saga.thread, facts: thread.facts }, turn: saga.turn + 1 };
  const answered = note(told, now, [{ at: now, what: 'reply-done', step }]);
  if (saga.phase !== 'running') return { saga: answered, tells: [] };
  const next = definition.steps[answered.turn];
  if (next === undefined) return end(answered, 'completed', now);
  return { saga: ask(answered, { what: 'command-sent', step: next.name, at: now }), tells: [] };
}

function onRefused(
  saga: TrackedSaga,
  event: StepEvent & { readonly kind: 'refused' },
  watch: Watch,
): Move {
  const { step, code, detail } = event;
  const entry: JournalEntry = { at: watch.now, what: 'reply-refused', step, code };
  const refused = note({ ...saga, isRefused: true }, watch.now, [entry]);
  // The tombstone of a chain that the tracker will yet hear of.
  if (saga.phase !== 'running' || code === compensatedCode) return { saga: refused, tells: [] };
  const thread = { ...refused.thread, reason: { code, detail } };
  return goDown({ ...refused, thread, phase: 'compensating' }, step, watch);
}

function onUndo(saga: TrackedSaga, record: UndoRecord, watch: Watch): Move {
  const { definition, now } = watch;
  const thread = withUndo(definition, saga.thread, record);
  const former = new Set(saga.thread.undos.map(({ step }) => step));
  const held = thread.undos.filter(({ step }) => step !== record.step && !former.has(step));
  const entries = [record, ...held].map((each) => undoEntry(each, now));
  const noted = note({ ...saga, thread }, now, entries);
  if (record.step === saga.undoing) return goDown(noted, record.step, watch);
  // A late answer: a compensation that was given up is done after all.
  const isHealed = saga.phase === 'needs-human' && outcomeOf(thread.undos) === 'compensated';
  return isHealed ? end(noted, 'compensated', now) : { saga: noted, tells: [] };
}

/** Goes on to the next compensation, or to the end of the chain. */
function goDown(saga: TrackedSaga, from: string | undefined, { definition, now }: Watch): Move {
  const { undos, next } = descend(definition, from, saga.thread.undos);
  const moved = { ...saga, undoing: next?.name };
  if (next === undefined) return end(moved, outcomeOf(undos), now);
  return { saga: ask(moved, { what: 'undo-sent', step: next.name, at: now }), tells: [] };
}

function cancel(saga: TrackedSaga, reason: SagaReason, watch: Watch): Move {
  const { saga: cancelled, tells } = compensate(saga, reason, watch);
  const thread = { ...saga.thread, reason };
  return { saga: cancelled, tells: [tell(thread, 'cancelled'), ...tells] };
}

function compensate(saga: TrackedSaga, reason: SagaReason | undefined, watch: Watch): Move {
  const thread = reason === undefined ? saga.thread : { ...saga.thread, reason };
  const code = reason?.code ?? 'saga.cancelled';
  const step = awaitedStep(saga, watch.definition)?.name;
  const what = cancelEntries.get(code) ?? 'cancelled';
  const overdue = what === 'step-timed-out' && step !== undefined ? { step } : {};
  const entry: JournalEntry = { at: watch.now, what, ...overdue, code };
  const noted = note({ ...saga, thread, phase: 'compensating' }, watch.now, [entry]);
  return goDown(noted, undefined, watch);
}

const cancelEntries: ReadonlyMap<string, JournalEntry['what']> = new Map([
  ['saga.timeout', 'saga-timed-out'],
  ['step.timeout', 'step-timed-out'],
]);

/** Asks again, gives up, or finds that it was struck too early. */
function onClock(saga: TrackedSaga, watch: Watch): Move {
  const { definition, now } = watch;
  const wakeAt = wakeOf(saga, watch);
  const step = awaitedStep(saga, definition);
  if (wakeAt === undefined || now < wakeAt || step === undefined) return { saga, tells: [] };
  const isRunning = saga.phase === 'running';
  if (isRunning && now >= saga.thread.deadline) {
    return cancel(saga, { code: 'saga.timeout', detail: 'It did not end in time.' }, watch);
  }
  if (saga.attempt < patienceOf(saga, watch).attempts) return askAgain(saga, step.name, now);
  const detail = `${step.name} stayed without an answer.`;
  if (isRunning) return cancel(saga, { code: 'step.timeout', detail }, watch);
  const { thread, attempt } = saga;
  const problem = { code: 'compensation.timeout', detail };
  // Its own turn comes when the tracker receives it, as if the participant had sent it.
  const failed = undoFailed(definition, { thread, step: step.name, attempt }, problem);
  return { saga: { ...saga, askedAt: now }, tells: [failed] };
}

function askAgain(saga: TrackedSaga, step: string, now: EpochMs): Move {
  const { thread, phase } = saga;
  const attempt = saga.attempt + 1;
  const kind = phase === 'running' ? 'step-awaited' : 'undo-awaited';
  const id = `${thread.sagaId}/${step}/${kind}/${attempt}`;
  const what = phase === 'running' ? 'command-sent' : 'undo-sent';
  const asked = ask(saga, { what, step, at: now, attempt });
  return { saga: asked, tells: [{ kind, id, sagaId: thread.sagaId, thread, step, attempt }] };
}

function end(saga: TrackedSaga, outcome: SagaOutcome, now: EpochMs): Move {
  const { thread } = saga;
  const ended = note({ ...saga, phase: outcome, undoing: undefined }, now, [
    { at: now, what: 'ended', code: outcome },
  ]);
  const id = `${thread.sagaId}/ended/${outcome}`;
  const told: ThreadEvent = { kind: 'ended', id, sagaId: thread.sagaId, thread, outcome };
  return { saga: ended, tells: [told] };
}

interface Asked {
  readonly what: 'command-sent' | 'undo-sent';
  readonly step: string;
  readonly at: EpochMs;
  readonly attempt?: number;
}

/** From now on the answer of this step has its turn. */
function ask(saga: TrackedSaga, { what, step, at, attempt = 1 }: Asked): TrackedSaga {
  return note({ ...saga, attempt, askedAt: at }, at, [{ at, what, step, attempt }]);
}

function note(saga: TrackedSaga, at: EpochMs, entries: readonly JournalEntry[]): TrackedSaga {
  return { ...saga, changedAt: at, journal: [...saga.journal, ...entries] };
}

function undoEntry(record: UndoRecord, at: EpochMs): JournalEntry {
  const { step } = record;
  return record.status === 'undone'
    ? { at, what: 'undo-done', step }
    : {
        at,
        what: record.status === 'failed' ? 'undo-failed' : 'undo-held',
        step,
        code: record.code,
      };
}

function tell(thread: Thread, kind: 'started' | 'cancelled'): ThreadEvent {
  return { kind, id: eventIdOf(thread.sagaId, kind), sagaId: thread.sagaId, thread };
}
