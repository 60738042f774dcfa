import type { EpochMs } from '../../shared/kernel/time.ts';
import type { JournalEntry, SagaOutcome } from '../runner/saga-state.ts';
import type { ThreadEvent } from './choreography-event.ts';
import type { TrackedSaga } from './tracked-saga.ts';

/** An instance after an event, and what the tracker tells the others because of it. */
export interface Move {
  readonly saga: TrackedSaga;
  readonly tells: readonly ThreadEvent[];
}

/** Adds lines to the journal. */
export function note(
  saga: TrackedSaga,
  at: EpochMs,
  entries: readonly JournalEntry[],
): TrackedSaga {
  return { ...saga, changedAt: at, journal: [...saga.journal, ...entries] };
}

/** An answer that somebody owes. */
export interface Asked {
  readonly what: 'command-sent' | 'undo-sent';
  readonly step: string;
  readonly at: EpochMs;
  readonly attempt?: number;
}

/** From now on this answer has its turn. */
export function ask(saga: TrackedSaga, { what, step, at, attempt = 1 }: Asked): TrackedSaga {
  return note({ ...saga, attempt, askedAt: at }, at, [{ at, what, step, attempt }]);
}

export function end(saga: TrackedSaga, outcome: SagaOutcome, now: EpochMs): Move {
  const { thread } = saga;
  const ended = note({ ...saga, phase: outcome, undoing: undefined }, now, [
    { at: now, what: 'ended', code: outcome },
  ]);
  const { sagaId } = thread;
  const id = `${sagaId}/ended/${outcome}`;
  return { saga: ended, tells: [{ kind: 'ended', id, sagaId, thread, outcome }] };
}
