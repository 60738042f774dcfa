import { assertNever } from '../../shared/kernel/assert-never.ts';
import { isBefore } from '../../shared/kernel/time.ts';
import type { JournalEntry } from '../runner/saga-state.ts';
import {
  eventIdOf,
  isStepEvent,
  type ChoreographyEvent,
  type StepEvent,
  type Thread,
} from './choreography-event.ts';
import { awaitedStep, patienceOf, wakeOf, type TrackedSaga, type Watch } from './tracked-saga.ts';
import {
  beCancelled,
  cancel,
  giveUp,
  goDown,
  onUndo,
  onUndoRefused,
} from './tracker-compensation.ts';
import { ask, end, note, type Move } from './tracker-notes.ts';

/** The instance of a saga that starts now. */
export function begin(thread: Thread, { definition, now }: Watch): Move {
  const { sagaId } = thread;
  const begun: TrackedSaga = {
    ...{ thread, phase: 'running', turn: 0, isRefused: false, undoing: undefined },
    ...{ refusal: undefined, attempt: 1, askedAt: now, changedAt: now },
    journal: [{ at: now, what: 'started' }],
  };
  const saga = ask(begun, { what: 'command-sent', step: definition.steps[0].name, at: now });
  const id = eventIdOf(sagaId, 'started');
  return { saga, tells: [{ kind: 'started', id, sagaId, thread }] };
}

/** What an event does whose turn has come. */
export function move(saga: TrackedSaga, event: ChoreographyEvent, watch: Watch): Move {
  if (isStepEvent(event)) return answer(saga, event, watch);
  if (event.kind === 'cancel-requested') return cancel(saga, event.reason, watch);
  if (event.kind === 'cancelled') return beCancelled(saga, event.thread.reason, watch);
  if (event.kind === 'undo-failed') return onUndoFailed(saga, event, watch);
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
    case 'undo-refused':
      return onUndoRefused(saga, event, watch);
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
  { step, code, detail }: StepEvent & { readonly kind: 'refused' },
  watch: Watch,
): Move {
  const entry: JournalEntry = { at: watch.now, what: 'reply-refused', step, code };
  const refused = note({ ...saga, isRefused: true }, watch.now, [entry]);
  if (saga.phase !== 'running') return { saga: refused, tells: [] };
  const thread = { ...refused.thread, reason: { code, detail } };
  return goDown({ ...refused, thread, phase: 'compensating' }, step, watch);
}

/** The tracker said so itself, and stopped before it had written it down. */
function onUndoFailed(
  saga: TrackedSaga,
  { thread, step }: { readonly thread: Thread; readonly step: string },
  watch: Watch,
): Move {
  const record = thread.undos.find((undo) => undo.step === step);
  return record === undefined ? { saga, tells: [] } : onUndo(saga, record, watch);
}

/** Asks again, or gives up; or it was struck too early. */
function onClock(saga: TrackedSaga, watch: Watch): Move {
  const wakeAt = wakeOf(saga, watch);
  const step = awaitedStep(saga, watch.definition)?.name;
  if (wakeAt === undefined || step === undefined || isBefore(watch.now, wakeAt)) {
    return { saga, tells: [] };
  }
  return saga.phase === 'running' ? onStepTime(saga, step, watch) : onUndoTime(saga, step, watch);
}

function onStepTime(saga: TrackedSaga, step: string, watch: Watch): Move {
  const { now: at } = watch;
  if (!isBefore(at, saga.thread.deadline)) {
    const detail = `the saga did not end in time; it was at ${step}`;
    const late = note(saga, at, [{ at, what: 'saga-timed-out' }]);
    return cancel(late, { code: 'saga.timeout', detail }, watch);
  }
  const { attempt } = saga;
  const overdue = note(saga, at, [{ at, what: 'step-timed-out', step, attempt }]);
  if (attempt < patienceOf(saga, watch).attempts) return askAgain(overdue, step, watch);
  const detail = `${step} was not answered, its outcome is unknown`;
  return cancel(overdue, { code: 'step.timeout', detail }, watch);
}

function onUndoTime(saga: TrackedSaga, step: string, watch: Watch): Move {
  const isLast = saga.attempt >= patienceOf(saga, watch).attempts;
  return isLast ? giveUp(saga, step, watch) : askAgain(saga, step, watch);
}

function askAgain(saga: TrackedSaga, step: string, { now: at }: Watch): Move {
  const { thread, phase } = saga;
  const { sagaId } = thread;
  const attempt = saga.attempt + 1;
  const kind = phase === 'running' ? 'step-awaited' : 'undo-awaited';
  const what = phase === 'running' ? 'command-sent' : 'undo-sent';
  const id = `${sagaId}/${step}/${kind}/${attempt}`;
  const asked = ask(saga, { what, step, at, attempt });
  return { saga: asked, tells: [{ kind, id, sagaId, thread, step, attempt }] };
}
