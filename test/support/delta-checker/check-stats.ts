import { quoteName } from './duck-session.ts';
import type { FileChecks, OpenFile } from './file-context.ts';
import { duckTypeOf } from './table-schema.ts';

type Bounds = Readonly<Record<string, string | boolean | null>>;

/** Statistics of an `add`, numbers kept as the text they are written in. */
interface Stats {
  readonly numRecords?: string;
  readonly nullCount?: Readonly<Record<string, string>>;
  readonly minValues?: Bounds;
  readonly maxValues?: Bounds;
}

/** Checks the statistics of a data file against its rows. */
export async function checkStats(
  text: string | null | undefined,
  file: OpenFile,
  checks: FileChecks,
): Promise<void> {
  const stats = parseStats(text);
  if (stats === undefined) {
    checks.report('file.stats', file.path, 'stats is not a JSON object');
    return;
  }
  const unknown = columnsOf(stats).filter((name) => !file.columns.has(name));
  for (const name of unknown) checks.report('file.stats', file.path, `${name} is no column`);
  await checkRowCount(stats, file, checks);
  await checkNullCounts(stats.nullCount ?? {}, file, checks);
  await checkBounds(stats.minValues ?? {}, { side: 'min', file }, checks);
  await checkBounds(stats.maxValues ?? {}, { side: 'max', file }, checks);
}

async function checkRowCount(
  { numRecords }: Stats,
  file: OpenFile,
  { duck, report }: FileChecks,
): Promise<void> {
  const [row = {}] = await duck.query(`SELECT count(*) AS n FROM read_parquet(${file.copy})`);
  const rows = String(row['n']);
  if (numRecords === rows) return;
  report('file.rows', file.path, `${rows} rows, the log says ${numRecords ?? 'nothing'}`);
}

async function checkNullCounts(
  nullCount: Readonly<Record<string, string>>,
  file: OpenFile,
  { duck, report }: FileChecks,
): Promise<void> {
  for (const [name, said] of Object.entries(nullCount)) {
    if (!file.columns.has(name)) continue;
    const [row = {}] = await duck.query(
      `SELECT count(*) - count(${quoteName(name)}) AS nulls FROM read_parquet(${file.copy})`,
    );
    const nulls = String(row['nulls']);
    if (nulls !== said) report('file.nulls', file.path, `${name}: ${nulls}, the log says ${said}`);
  }
}

/** A bound on a column that is null throughout is a breach too: it says that there is a value. */
async function checkBounds(
  bounds: Bounds,
  { side, file }: { readonly side: 'min' | 'max'; readonly file: OpenFile },
  { duck, schema, report }: FileChecks,
): Promise<void> {
  const compare = side === 'min' ? '>=' : '<=';
  for (const { name, type } of schema) {
    const bound = bounds[name] ?? null;
    if (bound === null || !file.columns.has(name)) continue;
    const [row = {}] = await duck.query(
      `SELECT coalesce(${side}(${quoteName(name)}) ${compare} CAST($1 AS ${duckTypeOf(type)}), false)
       AS holds FROM read_parquet(${file.copy})`,
      [bound],
    );
    if (row['holds'] !== true) {
      report('file.bounds', file.path, `${side} of ${name} is not ${compare} ${bound}`);
    }
  }
}

function parseStats(text: string | null | undefined): Stats | undefined {
  const keepDigits = (_key: string, value: unknown, context: { source?: string }): unknown =>
    typeof value === 'number' ? context.source : value;
  const parse = JSON.parse as (text: string, reviver: typeof keepDigits) => unknown;
  try {
    const value = parse(text ?? '', keepDigits);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function columnsOf({ nullCount = {}, minValues = {}, maxValues = {} }: Stats): readonly string[] {
  return [...new Set([nullCount, minValues, maxValues].flatMap((part) => Object.keys(part)))];
}
