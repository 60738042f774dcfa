import type { AddAction } from './actions.ts';
import { checkStats } from './check-stats.ts';
import type { FileChecks, OpenFile } from './file-context.ts';
import type { Report } from './finding.ts';
import { duckTypeOf } from './table-schema.ts';

/** Checks a live data file against its `add` action and the table's schema. */
export async function checkDataFile(add: AddAction, checks: FileChecks): Promise<void> {
  const { report, sizes, duck } = checks;
  const path = decodeURIComponent(add.path);
  const size = sizes.get(path);
  if (size === undefined) {
    report('file.missing', path, 'named by the log, not in the store');
    return;
  }
  if (size !== add.size) report('file.size', path, `${size} bytes, the log says ${add.size}`);
  const copy = await duck.copyOf(path);
  const columns = await checkFileSchema(path, copy, checks);
  await checkStats(add.stats, { path, copy, columns }, checks);
  await checkPartitions(add, { path, copy, columns }, checks);
}

async function checkFileSchema(
  path: string,
  copy: string,
  { duck, schema, partitionColumns, report }: FileChecks,
): Promise<ReadonlySet<string>> {
  const rows = await duck.query(`DESCRIBE SELECT * FROM read_parquet(${copy})`);
  const found = new Map(
    rows.map((row) => [String(row['column_name']), String(row['column_type'])]),
  );
  const own = schema.filter(({ name }) => !partitionColumns.includes(name));
  const expected = new Map(own.map(({ name, type }) => [name, duckTypeOf(type)]));
  for (const [name, type] of found) {
    const wanted = expected.get(name) ?? 'no column of a data file';
    if (wanted !== type) report('file.schema', path, `${name} is ${type}, the table has ${wanted}`);
  }
  const order = own.map(({ name }) => name).filter((name) => found.has(name));
  const foundOrder = [...found.keys()].filter((name) => expected.has(name));
  if (order.join() !== foundOrder.join()) {
    report('file.schema', path, `columns in the order ${foundOrder.join(', ')}`);
  }
  return new Set(found.keys());
}

async function checkPartitions(add: AddAction, file: OpenFile, checks: FileChecks): Promise<void> {
  const given = Object.keys(add.partitionValues);
  if (given.toSorted().join() !== checks.partitionColumns.toSorted().join()) {
    checks.report('file.partition', file.path, `partitionValues has ${given.join(', ')}`);
  }
  for (const name of checks.partitionColumns) {
    const value = add.partitionValues[name] ?? null;
    checkFolder({ name, value }, file.path, checks.report);
    const rule = checks.partitionRules.get(name);
    if (rule !== undefined) await checkPartitionRule({ rule, value }, file, checks);
  }
}

function checkFolder(
  { name, value }: { readonly name: string; readonly value: string | null },
  path: string,
  report: Report,
): void {
  const folder = path.split('/').find((part) => part.startsWith(`${name}=`));
  if (folder === undefined || folder === `${name}=${value ?? '__HIVE_DEFAULT_PARTITION__'}`) return;
  report('file.partition', path, `the log says ${value ?? 'null'}`);
}

async function checkPartitionRule(
  { rule, value }: { readonly rule: string; readonly value: string | null },
  file: OpenFile,
  { duck, report }: FileChecks,
): Promise<void> {
  const [row = {}] = await duck.query(
    `SELECT count(*) AS n FROM read_parquet(${file.copy})
     WHERE CAST((${rule}) AS VARCHAR) IS DISTINCT FROM CAST($1 AS VARCHAR)`,
    [value],
  );
  if (row['n'] === '0') return;
  report('file.partition', file.path, `${String(row['n'])} rows are not of ${value ?? 'null'}`);
}
