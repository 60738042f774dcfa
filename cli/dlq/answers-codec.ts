/** Answers of the HTTP API, as `functions/openapi.json` describes them. */
export interface ListedAnswer {
  readonly id: string;
  readonly state: string;
  readonly deadLetteredAt: string;
  readonly origin: string;
  readonly type: string;
  readonly category: string;
  readonly code: string;
  readonly detail: string;
  readonly failureGroup: string;
}

export interface PageAnswer {
  readonly deadLetters: readonly ListedAnswer[];
  readonly continuation: string | null;
}

export interface GroupsAnswer {
  readonly groups: readonly {
    readonly failureGroup: string;
    readonly counts: Readonly<Record<'open' | 'replayed' | 'discarded' | 'purged', number>>;
    readonly origins: readonly string[];
    readonly categories: readonly string[];
    readonly firstAt: string;
    readonly lastAt: string;
  }[];
  readonly totals: Readonly<Record<'open' | 'replayed' | 'discarded' | 'purged', number>>;
  readonly backlog: {
    readonly measuredAt: string;
    readonly waiting: readonly { readonly entity: string; readonly count: number }[];
  } | null;
}

/** Some members are shown one by one, the others as they come. */
export interface LetterAnswer extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly violations: readonly {
    readonly code: string;
    readonly detail: string;
    readonly pointer?: string;
  }[];
  readonly payload: {
    readonly encoding: string;
    readonly content: string;
    readonly sizeBytes: number;
  };
  readonly resolution: Readonly<Record<'state' | 'by' | 'why', string>> & {
    readonly at: string | null;
  };
  readonly audit: readonly {
    readonly at: string;
    readonly by: string;
    readonly action: string;
    readonly why: string;
    readonly from?: string;
  }[];
}

/** What became of a slice: of a replay, or of a decision about many. */
export interface SliceAnswer {
  readonly outcomes: readonly OutcomeAnswer[];
  readonly continuation: string | null;
  readonly remaining?: number;
}

export interface OutcomeAnswer {
  readonly id: string;
  readonly outcome: string;
  readonly code?: string;
  readonly detail?: string;
  readonly violations?: LetterAnswer['violations'];
}

interface ProblemAnswer {
  readonly title?: string;
  readonly detail?: string;
  readonly remedy?: string;
}

/** Reads an answer of the application itself; undefined when the text is none. */
export function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function toPage(value: unknown): PageAnswer {
  return value as PageAnswer;
}

export function toGroups(value: unknown): GroupsAnswer {
  return value as GroupsAnswer;
}

export function toLetter(value: unknown): LetterAnswer {
  return value as LetterAnswer;
}

export function toSlice(value: unknown): SliceAnswer {
  return value as SliceAnswer;
}

/** The problem of an answer; without any members when it is none. */
export function toProblem(value: unknown): ProblemAnswer {
  return typeof value === 'object' && value !== null ? value : {};
}
