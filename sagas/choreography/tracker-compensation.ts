import type { JournalEntry, SagaReason } from '../runner/saga-state.ts';
import { undoFailed, withUndo } from './answers.ts';
import { descend, outcomeOf } from './reactions.ts';
import { eventIdOf, type StepEvent, type UndoRecord } from './choreography-event.ts';
import { patienceOf, type TrackedSaga, type Watch } from './tracked-saga.ts';
import { ask, end, note, type Move } from './tracker-notes.ts';

/** Has the participants undo what they did, and refuse what they have not seen. */
export function cancel(saga: TrackedSaga, reason: SagaReason, watch: Watch): Move {
  const cancelled = beCancelled(saga, reason, watch);
  const { sagaId } = saga.thread;
  const thread = { ...saga.thread, reason };
  const told = { kind: 'cancelled', id: eventIdOf(sagaId, 'cancelled'), sagaId, thread } as const;
  return { saga: cancelled.saga, tells: [told, ...cancelled.tells] };
}

/** Follows the participants, who compensate the saga. */
export function beCancelled(saga: TrackedSaga, reason: SagaReason | undefined, watch: Watch): Move {
  const thread = reason === undefined ? saga.thread : { ...saga.thread, reason };
  const code = reason?.code ?? 'saga.cancelled';
  const entry: JournalEntry = { at: watch.now, what: 'cancelled', code };
  // The journal says already what was too late.
  const noted = timeouts.has(code) ? saga : note(saga, watch.now, [entry]);
  return goDown({ ...noted, thread, phase: 'compensating' }, undefined, watch);
}

const timeouts: ReadonlySet<string> = new Set(['saga.timeout', 'step.timeout']);

/** Takes the end of a compensation, for good or bad, into the account. */
export function onUndo(saga: TrackedSaga, record: UndoRecord, watch: Watch): Move {
  const { definition, now } = watch;
  const thread = withUndo(definition, saga.thread, record);
  const former = new Set(saga.thread.undos.map(({ step }) => step));
  const held = thread.undos.filter(({ step }) => step !== record.step && !former.has(step));
  const entries = [record, ...held].map((each) => entryOf(each, watch));
  const noted = note({ ...saga, thread }, now, entries);
  if (record.step === saga.undoing) return goDown(noted, record.step, watch);
  // A late answer: a compensation that was given up is done after all.
  const isHealed = saga.phase === 'needs-human' && outcomeOf(thread.undos) === 'compensated';
  return isHealed ? end(noted, 'compensated', now) : { saga: noted, tells: [] };
}

/** The refusal may be transient: the next attempt follows when this one's time is up. */
export function onUndoRefused(
  saga: TrackedSaga,
  { step, attempt, code, detail }: StepEvent & { readonly kind: 'undo-refused' },
  watch: Watch,
): Move {
  const entry: JournalEntry = { at: watch.now, what: 'reply-refused', step, attempt, code };
  const refused = note({ ...saga, refusal: { attempt, code, detail } }, watch.now, [entry]);
  const isLast = attempt >= patienceOf(saga, watch).attempts;
  return isLast ? giveUp(refused, step, watch) : { saga: refused, tells: [] };
}

/** Leaves a compensation, and those that depend on it, to a person. */
export function giveUp(saga: TrackedSaga, step: string, watch: Watch): Move {
  const detail = 'no attempt was answered, the outcome is unknown';
  const { refusal = { code: 'compensation.timeout', detail } } = saga;
  const problem = { code: refusal.code, detail: refusal.detail };
  const record: UndoRecord = { step, status: 'failed', ...problem };
  const told = undoFailed(watch.definition, saga.thread, record);
  const given = onUndo(saga, record, watch);
  return { saga: given.saga, tells: [told, ...given.tells] };
}

/** Goes on to the next compensation, or to the end of the chain. */
export function goDown(saga: TrackedSaga, from: string | undefined, watch: Watch): Move {
  const { definition, now } = watch;
  const { undos, next } = descend(definition, from, saga.thread.undos);
  const moved = { ...saga, undoing: next?.name, refusal: undefined };
  if (next === undefined) return end(moved, outcomeOf(undos), now);
  return { saga: ask(moved, { what: 'undo-sent', step: next.name, at: now }), tells: [] };
}

function entryOf(record: UndoRecord, { now: at }: Watch): JournalEntry {
  const { step } = record;
  if (record.status === 'undone') return { at, what: 'undo-done', step };
  const what = record.status === 'failed' ? 'undo-failed' : 'undo-held';
  return { at, what, step, code: record.code };
}
