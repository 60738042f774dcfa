import type { EpochMs } from '../kernel/time.ts';
import type { DeadLetterRecord, ErrorCategory, ReplayedAs, Resolution } from './dead-letters.ts';
import type { ReplayIntent } from './replays.ts';

export type LetterState = Resolution['state'];

/** A dead letter as lists show it. Texts that producers chose are cut to a bounded length. */
export interface ListedLetter {
  readonly id: string;
  readonly state: LetterState;
  readonly deadLetteredAt: EpochMs;
  readonly origin: string;
  /** `unreadable` when the event had none that could be read. */
  readonly type: string;
  readonly source: string | null;
  readonly eventId: string | null;
  readonly category: ErrorCategory;
  readonly code: string;
  readonly detail: string;
  readonly failureGroup: string;
  /** `orderKeyOf` its origin and session; null when it had no session. */
  readonly key: string | null;
}

/** Which dead letters to list. Filters that are undefined let everything through. */
export interface LetterQuery {
  readonly states: readonly LetterState[];
  readonly type?: string;
  readonly group?: string;
  readonly origin?: string;
  readonly category?: string;
  /** Those of one session of one entity: `orderKeyOf`. */
  readonly key?: string;
  /** Died at this instant or later. */
  readonly from?: EpochMs;
  /** Died before this instant. */
  readonly before?: EpochMs;
  readonly size: number;
  /** What the page before gave as `next`. */
  readonly after?: string;
}

export interface LetterPage {
  /** Oldest first. May be fewer than asked for, even none, although there is a next page. */
  readonly letters: readonly ListedLetter[];
  /** Undefined after the last page. */
  readonly next: string | undefined;
}

type AuditAction = 'discard' | 'restore' | 'replay' | 'purge' | 'note';

/** Who did what to a dead letter, when, why and from where. Never changed or removed. */
export interface AuditEntry {
  readonly at: EpochMs;
  readonly by: string;
  readonly action: AuditAction;
  readonly why: string;
  /** The addresses that the request came through; none for what no person did. */
  readonly from?: string;
  /** Of a replay, with its JSON Patch when the event was edited. */
  readonly replay?: ReplayedAs & { readonly patch?: string };
}

/** Everything that is kept of one dead letter. */
export interface LetterFile {
  /** The payload is an empty text once it is purged. */
  readonly record: DeadLetterRecord;
  readonly resolution: Resolution;
  readonly payloadPurgedAt: EpochMs | undefined;
  /** A replay that is decided and not settled: it may have been sent. */
  readonly staged: ReplayIntent | undefined;
  /** Oldest first. */
  readonly audit: readonly AuditEntry[];
  /** Changes with every change of the resolution or the payload. */
  readonly etag: string;
}

/** A change of state, and who answers for it. */
export interface Settling {
  readonly action: Exclude<AuditAction, 'note'>;
  readonly by: string;
  readonly why: string;
  readonly from?: string;
  /** Of the file that the decision was made on; undefined settles whatever it is now. */
  readonly etag?: string;
  /** Of a replay: what was sent. */
  readonly replay?: ReplayedAs & { readonly patch?: string };
}

/** Something that somebody wants to be known of a letter. */
export interface Note {
  readonly by: string;
  readonly text: string;
  readonly from?: string;
}

export type SettlingOutcome =
  | { readonly kind: 'settled'; readonly resolution: Resolution }
  | { readonly kind: 'missing' }
  /** The letter has changed since `etag`. */
  | { readonly kind: 'changed' }
  /** What was asked for cannot follow this state, its payload is gone, or a replay is under way. */
  | {
      readonly kind: 'refused';
      readonly state: LetterState;
      readonly isPurged: boolean;
      readonly isStaged: boolean;
    };

/** A letter that still has its payload. */
export interface ExpiredLetter {
  readonly id: string;
  readonly deadLetteredAt: EpochMs;
}

export interface ExpiredQuery {
  /** Died before this instant. */
  readonly before: EpochMs;
  readonly limit: number;
  /** The last one of the answer before. */
  readonly after?: ExpiredLetter;
}

/** What came in and went out in one hour. */
export interface HourFlow {
  /** Hours since 1970-01-01T00:00Z. */
  readonly hour: number;
  readonly arrived: number;
  readonly settled: number;
  readonly reopened: number;
}

/** The dead letters of one origin, failure group and category, counted as they come and go. */
export interface Tally {
  readonly origin: string;
  readonly type: string;
  readonly code: string;
  readonly category: ErrorCategory;
  readonly failureGroup: string;
  readonly counts: Readonly<Record<LetterState, number>>;
  /** When the first and the last of them died. */
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  /** Ascending; hours in which nothing happened are left out, and so is what is older than days. */
  readonly hours: readonly HourFlow[];
  /** Arrivals of the last hour or so, by steps of five minutes since 1970-01-01T00:00Z. */
  readonly steps: readonly (readonly [step: number, arrived: number])[];
}

/**
 * What people and timers ask and do about dead letters. Lists are read from index rows, counts from
 * tallies that change in one transaction with what they count: nothing is scanned.
 * Errors: `storage.unavailable` (transient), `dead-letter.contended` (transient),
 * `storage.unexpected_answer` (permanent).
 */
export interface DeadLetterDesk {
  /** One page in a bounded number of requests; a continuation that is none of ours gives none. */
  list(query: LetterQuery): Promise<LetterPage>;
  show(id: string): Promise<LetterFile | undefined>;
  tallies(): Promise<readonly Tally[]>;
  settle(id: string, settling: Settling): Promise<SettlingOutcome>;
  /** Whether there is such a letter. */
  note(id: string, note: Note): Promise<boolean>;
  /** Completes what a crash left half-done before the instant; returns how many letters. */
  heal(before: EpochMs): Promise<number>;
  /**
   * Announces changes of resolution from before the instant of which it is not known that they were
   * announced; returns how many. Errors: those of `ResolutionSender`.
   */
  announce(before: EpochMs): Promise<number>;
  /** Letters that still have their payload, oldest first. */
  expired(query: ExpiredQuery): Promise<readonly ExpiredLetter[]>;
}
