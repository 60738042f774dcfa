import type { Author } from '../kernel/author.ts';
import type { EventKey } from './events.ts';

/** Where an item was delivered. Two deliveries of one message have the same position. */
export interface Position {
  readonly author: Author;
  readonly sequenceNumber: number;
  /** 0, or the place in a JSON batch. */
  readonly index: number;
}

export interface Claim extends Position {
  readonly key: EventKey;
  readonly table: string;
  readonly payloadHash: string;
}

/** What a claim row says of its event. */
export interface ClaimRow extends Position {
  readonly table: string;
  readonly payloadHash: string;
}

/**
 * One row per event in Table Storage, in the namespace of the sink (never of a consumer group or
 * transport). Insert-first: the first claim of a key stands, whoever made it.
 * Errors: `storage.unavailable` (transient).
 */
export interface ClaimStore {
  /** Claims all keys (a key may occur more than once) and returns the row that stands for each, in order. */
  claim(claims: readonly Claim[]): Promise<readonly ClaimRow[]>;
  /**
   * Puts the claim in the place of the row that is told, if that still stands, and returns the row
   * that stands then: of many that take over one row, one finds its own.
   */
  takeOver(claim: Claim, standing: ClaimRow): Promise<ClaimRow>;
}

/** Looks claims up and changes nothing. Errors: `storage.unavailable` (transient). */
export interface ClaimLookup {
  /** The row that stands for each key, in order; undefined where there is none. */
  find(keys: readonly EventKey[]): Promise<readonly (ClaimRow | undefined)[]>;
}
