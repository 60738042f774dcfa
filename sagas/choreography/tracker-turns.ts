import { indexOfStep } from './reactions.ts';
import {
  compensatedCode,
  isStepEvent,
  type ChoreographyEvent,
  type StepEvent,
} from './choreography-event.ts';
import type { TrackedSaga, Watch } from './tracked-saga.ts';

/** `early`: what comes before it has not been seen. `past`: it says nothing new. */
export type Turn = 'now' | 'early' | 'past';

/** Whether it is an event's turn, by what the tracker has seen so far. */
export function turnOf(
  saga: TrackedSaga | undefined,
  event: ChoreographyEvent,
  watch: Watch,
): Turn {
  if (saga === undefined) return turnWithoutSaga(event);
  if (isStepEvent(event)) return stepTurn(saga, event, watch);
  if (event.kind === 'clock-struck') return 'now';
  const isNews =
    event.kind === 'undo-failed'
      ? event.step === saga.undoing
      : isCancelling(event) && canBeCancelled(saga);
  return isNews ? 'now' : 'past';
}

function isCancelling({ kind }: ChoreographyEvent): boolean {
  return kind === 'cancel-requested' || kind === 'cancelled';
}

function stepTurn(saga: TrackedSaga, event: StepEvent, watch: Watch): Turn {
  const isForward = event.kind === 'done' || event.kind === 'refused';
  return isForward ? forwardTurn(saga, event, watch) : undoTurn(saga, event, watch);
}

/** Whether an event resolves a compensation that was given up: its answer came after all. */
function isLateResolution({ thread }: TrackedSaga, event: StepEvent): boolean {
  if (event.kind !== 'undone') return false;
  const record = thread.undos.find(({ step }) => step === event.step);
  return record !== undefined && record.status !== 'undone';
}

function turnWithoutSaga(event: ChoreographyEvent): Turn {
  if (event.kind === 'start-requested') return 'now';
  return event.kind === 'clock-struck' ? 'past' : 'early';
}

function forwardTurn(saga: TrackedSaga, event: StepEvent, { definition }: Watch): Turn {
  // A tombstone only says that a chain has passed there; the step may have been done before.
  if (event.kind === 'refused' && event.code === compensatedCode) return 'past';
  const index = indexOfStep(definition, event.step);
  if (index === saga.turn) return saga.isRefused ? 'past' : 'now';
  return index < saga.turn ? 'past' : 'early';
}

function undoTurn(saga: TrackedSaga, event: StepEvent, watch: Watch): Turn {
  if (event.step === saga.undoing) return isOutdated(saga, event) ? 'past' : 'now';
  if (isLateResolution(saga, event)) return 'now';
  if (saga.thread.undos.some(({ step }) => step === event.step)) return 'past';
  if (canBeCancelled(saga)) return 'early';
  return isBelow(saga, event.step, watch) ? 'early' : 'past';
}

/** A refusal of an attempt that is over must not use up the present one. */
function isOutdated({ attempt, refusal }: TrackedSaga, event: StepEvent): boolean {
  if (event.kind !== 'undo-refused') return false;
  return event.attempt < attempt || event.attempt === refusal?.attempt;
}

/** Not so above: a second chain begins further up when a cancellation meets a refusal. */
function isBelow({ undoing }: TrackedSaga, step: string, { definition }: Watch): boolean {
  if (undoing === undefined) return false;
  return indexOfStep(definition, step) < indexOfStep(definition, undoing);
}

/** A completed saga can be compensated too: a return. */
function canBeCancelled({ phase }: TrackedSaga): boolean {
  return phase === 'running' || phase === 'completed';
}
