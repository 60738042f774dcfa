import { checkDataFile } from './check-files.ts';
import { checkLog } from './check-log.ts';
import { openDuckSession, quoteName } from './duck-session.ts';
import type { Finding, Report } from './finding.ts';
import type { TableState } from './replay.ts';
import type { TableContext } from './table-context.ts';
import type { TableFiles } from './table-files.ts';
import { parseSchema } from './table-schema.ts';

export interface Expectations {
  /** Columns that together are unique over all live rows. */
  readonly uniqueBy?: readonly string[];
  /** SQL that computes a row's partition value from its other columns, by partition column. */
  readonly partitionRules?: ReadonlyMap<string, string>;
  /** Decides which tombstones had to be in a checkpoint. Default: the wall clock. */
  readonly nowMs?: number;
}

export interface CheckedTable {
  /** Empty when the table keeps every rule. */
  readonly findings: readonly Finding[];
  readonly version: number;
  readonly fileCount: number;
  readonly rowCount: number;
  /** `txn` version by app id. */
  readonly txns: ReadonlyMap<string, number>;
}

/** The partition rule of event tables: the UTC date of the event, else of its ingestion. */
export const eventDateRule: ReadonlyMap<string, string> = new Map([
  ['event_date', `CAST(coalesce(event_time, ingested_at) AT TIME ZONE 'UTC' AS DATE)`],
]);

/**
 * Checks a Delta table at rest against the protocol's rules, from its files alone: the log, each
 * checkpoint, each live data file. Knows nothing of the writer.
 */
export async function checkDeltaTable(
  files: TableFiles,
  expectations: Expectations = {},
): Promise<CheckedTable> {
  const findings: Finding[] = [];
  const report: Report = (rule, where, detail) => {
    findings.push({ rule, where, detail });
  };
  const duck = await openDuckSession(files);
  try {
    const sizes = new Map((await files.list()).map((file) => [file.path, file.sizeBytes]));
    const nowMs = expectations.nowMs ?? Date.now();
    const context: TableContext = { files, sizes, duck, report, nowMs };
    const { state, version } = await checkLog(context);
    await checkLiveFiles(state, context, expectations);
    const rowCount = await checkRows(state, context, expectations.uniqueBy);
    const txns = new Map([...state.txns].map(([appId, txn]) => [appId, txn.version]));
    return { findings, version, fileCount: state.adds.size, rowCount, txns };
  } finally {
    await duck.close();
  }
}

async function checkLiveFiles(
  state: TableState,
  { duck, sizes, report }: TableContext,
  expectations: Expectations,
): Promise<void> {
  const schema = parseSchema(state.metaData?.schemaString ?? '') ?? [];
  const partitionColumns = state.metaData?.partitionColumns ?? [];
  const partitionRules = expectations.partitionRules ?? new Map();
  for (const add of state.adds.values()) {
    await checkDataFile(add, { duck, sizes, schema, partitionColumns, partitionRules, report });
  }
}

async function checkRows(
  state: TableState,
  { duck, sizes, report }: TableContext,
  uniqueBy: readonly string[] | undefined,
): Promise<number> {
  const paths = [...state.adds.keys()].map((path) => decodeURIComponent(path));
  const present = paths.filter((path) => sizes.has(path));
  if (present.length === 0) return 0;
  const rows = await duck.unionOf(present);
  if (uniqueBy !== undefined) {
    const keys = uniqueBy.map(quoteName).join(', ');
    const doubled = await duck.query(
      `SELECT ${keys}, count(*) AS n FROM (${rows}) GROUP BY ${keys} HAVING count(*) > 1 LIMIT 5`,
    );
    for (const row of doubled) report('rows.duplicate', 'table', JSON.stringify(row));
  }
  const [counted] = await duck.query(`SELECT count(*) AS n FROM (${rows})`);
  return Number(counted?.['n']);
}
