import type { DuckSession } from './duck-session.ts';
import type { Report } from './finding.ts';
import type { SchemaColumn } from './table-schema.ts';

/** What the checks of one table's data files share. */
export interface FileChecks {
  readonly duck: DuckSession;
  /** Sizes by decoded path. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly schema: readonly SchemaColumn[];
  readonly partitionColumns: readonly string[];
  /** SQL that computes a row's partition value from its other columns, by partition column. */
  readonly partitionRules: ReadonlyMap<string, string>;
  readonly report: Report;
}

/** A data file that is there and has been copied for DuckDB. */
export interface OpenFile {
  readonly path: string;
  readonly copy: string;
  readonly columns: ReadonlySet<string>;
}
