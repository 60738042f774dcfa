import type { EpochMs } from '../kernel/time.ts';
import type { Resolution } from './dead-letters.ts';
import type { Violation } from './events.ts';

/** Where a replay is sent, so that the consumer that failed gets it and nobody else. */
export interface ReplayTarget {
  /**
   * `hub`: an internal hub that only Bronze reads. `queue`: the queue whose consumer failed.
   * `handler`: the queue of replays, whose function calls the handler of the origin.
   */
  readonly kind: 'hub' | 'queue' | 'handler';
  /** The name of the hub or queue. */
  readonly entity: string;
}

/** A replay that has been decided and may have been sent: it keeps its id until it is settled. */
export interface ReplayIntent {
  /** UUID v5 of the dead letter and the number of the replay. */
  readonly id: string;
  readonly target: ReplayTarget;
  /** JSON Patch (RFC 6902) as text; undefined replays the event as it died. */
  readonly patch: string | undefined;
  readonly by: string;
  readonly why: string;
  /** The addresses that the request came through; none for what no person did. */
  readonly from?: string;
  readonly at: EpochMs;
}

/** A replay that somebody wants. */
export interface Staging extends Pick<ReplayIntent, 'target' | 'patch' | 'by' | 'why' | 'from'> {
  /** Of the file that the decision was made on; undefined stages whatever it is now. */
  readonly etag?: string;
}

export type StagingOutcome =
  /** The intent that stands: this one, or an earlier one with the same patch. */
  | { readonly kind: 'staged'; readonly intent: ReplayIntent }
  /** Another edit is on its way. */
  | { readonly kind: 'under-way'; readonly intent: ReplayIntent }
  | { readonly kind: 'missing' }
  /** The letter has changed since `etag`. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'refused'; readonly state: Resolution['state']; readonly isPurged: boolean };

/**
 * Keeps what is being replayed with the letter itself, in one transaction, so that a crash leaves
 * one intent that is gone on with, and never a second identity of one replay.
 * Errors: as `DeadLetterDesk`.
 */
export interface ReplayBook {
  /** Keeps the intent of an open letter; one that stands already is kept instead. */
  stage(id: string, staging: Staging): Promise<StagingOutcome>;
  /** Takes an intent back that is known not to have been sent. */
  withdraw(id: string, replayId: string): Promise<void>;
  /** Letters whose intent is older than the instant and not settled. */
  staged(before: EpochMs, limit: number): Promise<readonly string[]>;
}

/** What a consumer is to get: the message as it died, or its edited event. */
export interface ReplayContent {
  readonly deadLetterId: string;
  /** The consumer that failed. */
  readonly origin: string;
  readonly isEdited: boolean;
  readonly contentType: string | undefined;
  readonly sessionId: string | undefined;
  readonly partitionKey: string | undefined;
  /** Messages of one key are sent in order. */
  readonly orderBy: string;
  readonly properties: ReadonlyMap<string, unknown>;
  readonly body: Uint8Array;
}

/** Sends replays. */
export interface ReplaySender {
  /**
   * Resolves when the broker has it. The replay id is the message id wherever there is one.
   * Errors: `broker.unavailable`, `storage.unavailable` (transient); `message.refused` (permanent)
   * when it is certain that nothing was sent: it is too large, or there is no such entity.
   */
  send(target: ReplayTarget, replayId: string, content: ReplayContent): Promise<void>;
}

/** What the consumer would make of a replay now. */
export type Prediction =
  | { readonly kind: 'would-pass' }
  /** It has handled this event before. */
  | { readonly kind: 'would-be-duplicate' }
  /** It would be refused, however often it is sent. Never without a violation. */
  | {
      readonly kind: 'would-fail';
      readonly violations: readonly [Violation, ...Violation[]];
    };

/** Asks what a consumer would do, with reads alone. */
export interface ReplayProbe {
  /** Errors: those of the stores that are read (transient). */
  predict(content: ReplayContent): Promise<Prediction>;
}
