import type { EpochMs } from '../kernel/time.ts';

/** A row of text, and when somebody has to look at it again; undefined: never. */
export interface DueRow {
  /** ASCII alone, so that it can be cut anywhere. */
  readonly text: string;
  readonly dueAt: EpochMs | undefined;
}

export interface StoredDueRow {
  readonly row: DueRow;
  readonly etag: string;
}

export interface DueEntry {
  readonly id: string;
  readonly dueAt: EpochMs;
}

/**
 * Rows that are found again when they are due, by an index that changes together with them.
 * Ids are saga ids (`shared/kernel/saga-id.ts`).
 * Errors: `storage.unavailable` (transient), `storage.unexpected_answer` (permanent).
 */
export interface DueRows {
  read(id: string): Promise<StoredDueRow | undefined>;
  /** False when there is a row already. */
  insert(id: string, row: DueRow): Promise<boolean>;
  /** False when the row has changed since it was read. */
  replace(id: string, row: DueRow, former: StoredDueRow): Promise<boolean>;
  /** Rows that are due, the longest overdue first; at most about `limit`. */
  due(now: EpochMs, limit: number): Promise<readonly DueEntry[]>;
}
