import type { EpochMs } from '../kernel/time.ts';

/** A saga as lists show it. */
export interface ListedSaga {
  readonly sagaId: string;
  readonly definition: string;
  readonly variant: 'orchestration' | 'choreography';
  readonly phase: 'running' | 'compensating' | 'completed' | 'compensated' | 'needs-human';
  readonly startedAt: EpochMs;
  readonly changedAt: EpochMs;
  /** Code of the reason, when there is one. */
  readonly reason: string;
}

export interface ListedPage {
  readonly sagas: readonly ListedSaga[];
  /** Where the next page begins; undefined after the last. */
  readonly next: string | undefined;
}

/**
 * Sagas by phase, in the table `sagastate`, so that nobody scans the task hub.
 * Errors: `storage.unavailable` (transient).
 */
export interface SagaListing {
  /** Puts the saga under its phase and takes it away from `former`. Repeating it is harmless. */
  move(saga: ListedSaga, former: ListedSaga['phase'] | undefined): Promise<void>;
  /** One page, newest start first. */
  list(phase: ListedSaga['phase'], size: number, from?: string): Promise<ListedPage>;
}
