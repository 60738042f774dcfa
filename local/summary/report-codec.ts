/** Counts of verdicts; `received` is their sum when the identity holds. */
export interface Counts {
  readonly received: number;
  readonly landed: number;
  readonly duplicate: number;
  readonly deadLettered: number;
  readonly parked: number;
}

/** What the operational table says of dead letters. */
export interface LetterCounts {
  readonly open: number;
  /** Replayed, discarded or purged. */
  readonly resolved: number;
  /** Those that are open. */
  readonly byCategory: Readonly<Record<string, number>>;
  /** Those that are raised now. */
  readonly alerts: readonly {
    readonly rule: string;
    readonly role: string;
    readonly scope: string;
    readonly value: number;
    readonly limit: number;
  }[];
}

/** What the reconcile command prints each second while it watches. */
export interface StoredReport extends Counts {
  readonly isReconciled: boolean;
  readonly identityHolds: boolean;
  readonly byOrigin: Readonly<Record<string, Counts>>;
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly version: number }>>;
  readonly deadLetterCodes: Readonly<Record<string, number>>;
  /** Of what died outside Bronze: no event that was received. */
  readonly otherDeadLetterCodes: Readonly<Record<string, number>>;
  readonly partitions: readonly {
    readonly author: string;
    readonly planned: number;
    readonly settled: number;
  }[];
  readonly inFlight: readonly {
    readonly author: string;
    readonly first: number;
    readonly last: number;
  }[];
  readonly deadLetters: LetterCounts;
  readonly problems: readonly { readonly kind: string; readonly detail: string }[];
}

export function parseReport(line: string): StoredReport {
  return JSON.parse(line) as StoredReport;
}
