/** Sagas by state; `running` are all that have not ended. */
export interface SagaCounts {
  readonly started: number;
  readonly completed: number;
  readonly compensated: number;
  readonly needsHuman: number;
  readonly running: number;
}

/** What the sagas command prints each second while it watches. */
export interface SagaReport {
  /** When reading began, in milliseconds since 1970. */
  readonly readAt: number;
  /** When a saga last changed its phase. */
  readonly changedAt: number;
  readonly sagas: SagaCounts;
  readonly byDefinition: Readonly<Record<string, SagaCounts>>;
  /** Why sagas did not complete. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The oldest that have not ended. */
  readonly active: readonly {
    readonly sagaId: string;
    readonly definition: string;
    readonly phase: string;
    readonly startedAt: number;
  }[];
  /** Left out while a saga runs. */
  readonly invariants?: {
    /** One readable text for each, which begins with the saga's id. */
    readonly violations: readonly string[];
  };
}

export function parseSagaReport(line: string): SagaReport {
  return JSON.parse(line) as SagaReport;
}
