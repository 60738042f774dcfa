import type { DurationMs, EpochMs } from '../../../../shared/kernel/time.ts';
import type { DuplicateWindow } from './duplicate-window.ts';
import type { LockTable } from './lock-table.ts';
import type { MessageStore } from './message-store.ts';
import type { LockToken, StoredMessage } from './message.ts';
import type { SessionLock, SessionTable } from './session-table.ts';

export interface QueueSettings {
  readonly lockDuration: DurationMs;
  /** Failed deliveries after which a message is dead-lettered; absent in a sub-queue. */
  readonly maxDeliveryCount: number | undefined;
  /** The longest a message may live, and how long it lives if it does not say. */
  readonly defaultTimeToLive: DurationMs | undefined;
  readonly deadLetteringOnMessageExpiration: boolean;
  readonly requiresSession: boolean;
  /** Length of the duplicate detection window; absent means no detection. */
  readonly duplicateDetectionWindow: DurationMs | undefined;
}

/** Why a message is dead-lettered; both end up as its application properties. */
export interface DeadLetterCause {
  readonly reason: string | undefined;
  readonly description: string | undefined;
}

/** Where messages go when they leave a queue for another place of the namespace. */
export interface QueueOutlets {
  /** Takes a dead letter. Absent in a sub-queue, from which nothing can be dead-lettered. */
  readonly deadLetter?: (message: StoredMessage, now: EpochMs) => void;
  /** Takes every message that becomes active; what it cannot place it answers with the cause. */
  readonly forward?: (message: StoredMessage, now: EpochMs) => DeadLetterCause | undefined;
}

/** Where a queue's identifiers come from. A queue and its sub-queue share one number source. */
export interface QueueIdentifiers {
  nextSequenceNumber(): number;
  newLockToken(): LockToken;
}

/** What a queue tells those who wait for it. Called in the middle of a change: note it, act later. */
export interface QueueObserver {
  /** A message may be ready, or a session free. */
  available(): void;
  /** A session lock ran out. */
  sessionLost(lock: SessionLock): void;
}

/** The parts of one queue that its operations share. */
export interface QueueParts {
  readonly settings: QueueSettings;
  readonly outlets: QueueOutlets;
  readonly identifiers: QueueIdentifiers;
  readonly store: MessageStore;
  readonly locks: LockTable;
  readonly sessions: SessionTable;
  readonly duplicates: DuplicateWindow | undefined;
  readonly observers: Set<QueueObserver>;
}

/** Tells every observer that there may be something to deliver. */
export function announceAvailable(parts: QueueParts): void {
  for (const observer of parts.observers) observer.available();
}
