import type { EpochMs } from '../kernel/time.ts';
import type { EventKey } from './events.ts';

/** Whose memory of handled events: one namespace per consumer with effects. */
export interface InboxKey extends EventKey {
  readonly consumer: string;
  /** For optimistic locking: the entity and the version of it that this event makes. */
  readonly entity?: { readonly id: string; readonly version: number };
}

/** The right to run a handler until the lease ends. Effects carry the fencing number. */
export interface InboxLease {
  readonly key: InboxKey;
  /** Grows with every takeover of the key and never restarts. */
  readonly fencingNumber: number;
  readonly payloadHash: string;
  readonly etag: string;
}

/** What else is known of a delivery. */
interface Arrival {
  /** It replays a dead letter: edited, it may take the place of a copy that was never handled. */
  readonly isReplay?: boolean;
}

export type InboxEntry =
  | { readonly kind: 'acquired'; readonly lease: InboxLease }
  /** Handled before: repeat the stored reply. */
  | { readonly kind: 'done'; readonly result: string }
  /** The same key with another payload. */
  | { readonly kind: 'payload-mismatch' };

/**
 * Lets a handler with effects run once per event: `in-progress`, `free`, `done`.
 * Errors: `storage.unavailable` (transient), `inbox.lease_lost` (permanent for this attempt).
 */
export interface Inbox {
  /** Acquires the key; a copy that meets a live lease waits for it and never throws for it. */
  enter(key: InboxKey, payloadHash: string, arrival?: Arrival): Promise<InboxEntry>;
  /** Settles the key for good. `result` is repeated to every later copy. */
  complete(lease: InboxLease, result: string): Promise<void>;
  /** Gives the key back after a failed handler: the row stays, as `free`. */
  release(lease: InboxLease): Promise<void>;
}

/** An event that a consumer has handled for good. */
export interface HandledEvent {
  readonly payloadHash: string;
  readonly result: string;
}

/**
 * The long memory of a consumer, in a store that is cheap to keep and slow to ask.
 * Errors: those of the store (transient).
 */
export interface HandledEvents {
  /** Looks for the key among events handled at or after `since`. */
  find(key: InboxKey, since: EpochMs): Promise<HandledEvent | undefined>;
  /** Remembers an event; remembering it twice is harmless. */
  record(key: InboxKey, handled: HandledEvent, at: EpochMs): Promise<void>;
}
