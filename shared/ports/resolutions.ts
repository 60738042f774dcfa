import type { EpochMs } from '../kernel/time.ts';
import type { DeadLetterRecord, Resolution } from './dead-letters.ts';
import type { ReadItem } from './events.ts';

/** What of a dead letter goes along with a change of its resolution: no more than its row needs. */
export type ResolvedLetter = Omit<
  DeadLetterRecord,
  'payload' | 'properties' | 'contentType' | 'sessionId' | 'partitionKey'
>;

/** A change of what became of a dead letter: it was settled, restored or purged. */
export interface ResolutionChange {
  readonly letter: ResolvedLetter;
  /** 1 for the first change of a letter, and one more for each that follows. */
  readonly number: number;
  /** As it is after the change. */
  readonly resolution: Resolution;
  readonly payloadPurgedAt: EpochMs | undefined;
}

/** Carries changes of resolution to the analysis table. */
export interface ResolutionSender {
  /**
   * Resolves when all of them are kept. A change that is announced again is the same change.
   * Errors: `broker.unavailable`, `storage.unavailable` (transient).
   */
  announce(changes: readonly ResolutionChange[]): Promise<void>;
}

/** An item that is no event but a change of resolution. */
export interface ResolutionItem extends ReadItem {
  readonly resolutionChange: ResolutionChange;
}
