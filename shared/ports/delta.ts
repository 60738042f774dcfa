import type { Author } from '../kernel/author.ts';

/** Column types we write, in Delta's names. A timestamp is microseconds UTC as bigint. */
export type ColumnType = 'string' | 'timestamp' | 'long' | 'integer' | 'boolean';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** False for columns too long or opaque for minimum and maximum, such as `data`. Default true. */
  readonly bounds?: boolean;
}

export interface TableSchema {
  readonly columns: readonly Column[];
  /** A column of type Delta `date`, last in the schema, its value a text `yyyy-MM-dd`. */
  readonly partitionColumn: string;
}

/** string; bigint for timestamp and long; number for integer. */
export type Value = string | bigint | number | boolean | null;

export interface TableRow {
  /** Position of the message that the row comes from; decides whether the row has landed. */
  readonly sequenceNumber: number;
  readonly values: Readonly<Record<string, Value>>;
  /** `yyyy-MM-dd`. */
  readonly partitionDate: string;
}

/** The rows of one author for one table. */
export interface TableAppend {
  readonly table: string;
  readonly schema: TableSchema;
  readonly author: Author;
  /** The `txn` version after this append: the last sequence number that it answers for. */
  readonly through: number;
  /** Ascending by sequence number, none above `through`. Rows of one message stay together. */
  readonly rows: readonly TableRow[];
}

/**
 * Delta tables written exactly once per author. A row at sequence number n has landed if and only
 * if the table's snapshot says `txn[author] >= n`.
 * Errors: `lake.unavailable` (transient), `delta.corrupt_log`, `delta.unsupported_protocol`,
 * `delta.schema_mismatch` (permanent).
 */
export interface DeltaTables {
  /**
   * Resolves when every row has landed: committed now, or found at or below the watermark. Appends
   * to one table that arrive while a commit is under way join the next commit, in order of arrival.
   */
  append(append: TableAppend): Promise<void>;
  /** `txn[author]` of a fresh snapshot, or undefined when the author never wrote or there is no table. */
  watermark(table: string, author: Author): Promise<number | undefined>;
}

/** Texts to be taken out of rows for good. */
export interface Erasure {
  readonly table: string;
  /** The column of texts that names rows. */
  readonly keyColumn: string;
  /** The column whose text becomes empty. Rows that have none (null) stay as they are. */
  readonly column: string;
  /** Keys by the partition date of their rows. */
  readonly keys: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface ErasureReport {
  /** Keys with a row whose text is empty now, or was before; those left out have no such row. */
  readonly erased: ReadonlySet<string>;
  /** Keys that may have a row in a file that cannot be rewritten: their texts may still be there. */
  readonly unreadable: ReadonlySet<string>;
  readonly filesRewritten: number;
}

/** Takes values out of tables, and every copy of them out of the store. */
export interface TableErasure {
  /**
   * Replaces the files that hold such rows by new ones without the texts, and deletes them at once:
   * who reads an older version finds them gone. Appends and compaction may go on meanwhile.
   * Repeating it is harmless; what a crash leaves is for the next call and for `sweep`.
   * Errors: those of `DeltaTables`; `lake.unavailable` also when others changed the files again and
   * again.
   */
  erase(erasure: Erasure): Promise<ErasureReport>;
  /**
   * Deletes files of partitions up to the date `through`, it included, that are no part of the
   * newest version: replaced ones at once, however young, and those that no version names when no
   * writer can still be about to name them. Returns how many. Errors: as `erase`.
   */
  sweep(table: string, through: string): Promise<number>;
}
