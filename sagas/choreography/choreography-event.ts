import type { JsonObject } from '../../shared/kernel/json-value.ts';
import type { EpochMs } from '../../shared/kernel/time.ts';
import type { SagaOutcome, SagaReason } from '../runner/saga-state.ts';

/** How the compensation of one step ended. */
export type UndoRecord =
  | { readonly step: string; readonly status: 'undone' }
  | {
      readonly step: string;
      /** `held`: never tried, because it depends on one that failed. */
      readonly status: 'failed' | 'held';
      readonly code: string;
      readonly detail: string;
    };

/** What has happened so far: every event carries it, so that services need no shared state. */
export interface Thread {
  readonly definition: string;
  readonly sagaId: string;
  /** Accumulated by the steps that are done. */
  readonly facts: JsonObject;
  readonly startedAt: EpochMs;
  readonly deadline: EpochMs;
  readonly traceparent?: string;
  /** Why it is compensated; left out while it is not. */
  readonly reason?: SagaReason;
  /** Of the steps that the chain of compensations has passed. */
  readonly undos: readonly UndoRecord[];
}

interface Identified {
  /** Deterministic: every repetition of the event carries it. */
  readonly id: string;
  readonly sagaId: string;
}

/** What is asked of the tracker, which alone answers to it. */
type TrackerRequest =
  | (Identified & { readonly kind: 'start-requested'; readonly thread: Thread })
  | (Identified & {
      readonly kind: 'cancel-requested';
      readonly reason: SagaReason;
      readonly at: EpochMs;
    })
  /** The instance may have waited for too long. */
  | (Identified & { readonly kind: 'clock-struck' });

interface Told extends Identified {
  readonly thread: Thread;
}

interface Answer extends Told {
  readonly step: string;
  /** Of the command that it answers. */
  readonly attempt: number;
}

interface Refusal extends Answer {
  readonly code: string;
  readonly detail: string;
}

/** What a participant says of its step. */
export type StepEvent =
  | (Answer & { readonly kind: 'done' })
  | (Refusal & { readonly kind: 'refused' })
  | (Answer & { readonly kind: 'undone' })
  /** It may be undone when what stands in its way is gone, so it is asked for again. */
  | (Refusal & { readonly kind: 'undo-refused' });

/** What the tracker says. */
export type TrackerEvent =
  | (Told & { readonly kind: 'started' | 'cancelled' })
  /** An answer is overdue: whoever owes it takes the step, or undoes it, once more. */
  | (Answer & { readonly kind: 'step-awaited' | 'undo-awaited' })
  /** All attempts are used up: the chain goes on without this compensation. */
  | (Told & { readonly kind: 'undo-failed'; readonly step: string })
  | (Told & { readonly kind: 'ended'; readonly outcome: SagaOutcome });

/** Past events that participants react to. */
export type ThreadEvent = StepEvent | TrackerEvent;

export type ChoreographyEvent = TrackerRequest | ThreadEvent;

/**
 * The code of a command that was refused because its compensation came first. It says that a chain
 * of compensations has passed there already, so it starts none.
 */
export const compensatedCode = 'command.compensated';

type Suffix = StepEvent['kind'] | 'started' | 'cancelled' | 'undo-failed';

/** The id of what happens to a saga, or to one of its steps, once. */
export function eventIdOf(sagaId: string, kind: Suffix, step?: string): string {
  return step === undefined ? `${sagaId}/${kind}` : `${sagaId}/${step}/${kind}`;
}

export function isStepEvent(event: ChoreographyEvent): event is StepEvent {
  const { kind } = event;
  return kind === 'done' || kind === 'refused' || kind === 'undone' || kind === 'undo-refused';
}
