import type { ColumnType } from '../ports/delta.ts';

/** One data file of a version. */
export interface SnapshotFile {
  /** Name in the object store. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Undefined when its writer left no statistics. */
  readonly rows: number | undefined;
  /** Values of the partition column, which the file itself does not hold. */
  readonly partitionValues: Readonly<Record<string, string | null>>;
}

/** One version of a table, as the log alone tells it. */
export interface TableSnapshot {
  readonly table: string;
  readonly version: number;
  /** Undefined when a file has no statistics. */
  readonly rows: number | undefined;
  readonly files: readonly SnapshotFile[];
  /** Columns that files hold; one of another type than ours is left out. */
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly partitionColumn: string;
  /** The last sequence number that has landed, by author. */
  readonly watermarks: ReadonlyMap<string, number>;
}
