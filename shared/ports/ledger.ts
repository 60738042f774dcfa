import type { Author } from '../kernel/author.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Rejection } from './events.ts';

/** What became of one item. Every event gets exactly one. */
export type Verdict =
  | { readonly kind: 'landed'; readonly table: string }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'dead-lettered'; readonly rejection: Rejection }
  | { readonly kind: 'parked' };

export interface PlannedItem {
  readonly sequenceNumber: number;
  readonly index: number;
  readonly origin: string;
  readonly verdict: Verdict;
}

export interface VerdictCounts {
  readonly received: number;
  readonly landed: number;
  readonly duplicate: number;
  readonly deadLettered: number;
  readonly parked: number;
}

/** A closed range of sequence numbers. */
export interface SequenceRange {
  readonly first: number;
  readonly last: number;
}

/** The verdicts over a range of one partition, decided once and then only adopted. */
export interface Plan extends SequenceRange {
  readonly plannedAt: EpochMs;
  /** Ascending by sequence number and index. Every message of the range has at least one. */
  readonly items: readonly PlannedItem[];
  /** What retention took before anybody could plan it. */
  readonly lost: readonly SequenceRange[];
  readonly countsByOrigin: ReadonlyMap<string, VerdictCounts>;
  /** Last sequence number with a row for each table, the dead-letter table included. */
  readonly lastByTable: ReadonlyMap<string, number>;
}

/** What plans that were folded away add up to: the ledger's opening balance. */
export interface Balance extends SequenceRange {
  readonly lost: readonly SequenceRange[];
  readonly countsByOrigin: ReadonlyMap<string, VerdictCounts>;
  /** Landed events of each table; dead letters are in the counts. */
  readonly landedByTable: ReadonlyMap<string, number>;
}

/** A partition's head row: all up to `settled` is landed, all up to `planned` has its verdicts. */
export interface Head {
  readonly planned: number;
  readonly settled: number;
  readonly etag: string;
}

/**
 * The plan rows of every partition, which are also its ledger: contiguous by construction.
 * Errors: `storage.unavailable` (transient), `ledger.corrupt` (permanent).
 */
export interface Ledger {
  /** The head, or undefined before `open`. */
  head(author: Author): Promise<Head | undefined>;
  /** Creates the head with `planned = settled = at`, or returns the one that another owner created. */
  open(author: Author, at: number): Promise<Head>;
  /** Plans that end after `sequenceNumber`, ascending. */
  plansAfter(author: Author, sequenceNumber: number): Promise<readonly Plan[]>;
  /**
   * Stores a plan that begins at `head.planned + 1` and moves the head, in one transaction guarded
   * by the head's ETag. `settled` moves along (never back). `lost-race` when the head has changed;
   * `too-large` when the plan does not fit in one transaction (nothing was written: offer a prefix).
   */
  append(
    author: Author,
    head: Head,
    step: { readonly plan: Plan; readonly settled: number },
  ): Promise<Head | 'lost-race' | 'too-large'>;
  /** Moves `settled` alone, for a partition that has gone idle. */
  settle(author: Author, head: Head, settled: number): Promise<Head | 'lost-race'>;
  /** What has been folded: plans begin at `last + 1`. Undefined while nothing has. */
  balance(author: Author): Promise<Balance | undefined>;
  /** Folds settled plans made before the instant into the balance; returns how many. */
  fold(author: Author, before: EpochMs): Promise<number>;
  /** Every author with a head. */
  authors(): AsyncIterable<Author>;
}
