import type { DuckSession } from './duck-session.ts';
import type { Report } from './finding.ts';
import type { TableFiles } from './table-files.ts';

/** What every check of one table shares. */
export interface TableContext {
  readonly files: TableFiles;
  /** Sizes by decoded path. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly duck: DuckSession;
  readonly report: Report;
  /** Decides which tombstones had to be in a checkpoint. */
  readonly nowMs: number;
}

export function commitName(version: number): string {
  return `_delta_log/${String(version).padStart(20, '0')}.json`;
}

export function checkpointName(version: number): string {
  return `_delta_log/${String(version).padStart(20, '0')}.checkpoint.parquet`;
}
