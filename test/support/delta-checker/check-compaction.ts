import type { Actions, AddAction } from './actions.ts';
import type { Report } from './finding.ts';
import type { TableState } from './replay.ts';
import type { TableContext } from './table-context.ts';

/** A commit with `dataChange: false` on its removes rearranges rows; it adds and loses none. */
export async function checkCompaction(
  { adds, removes }: Actions,
  before: TableState,
  { where, context }: { readonly where: string; readonly context: TableContext },
): Promise<void> {
  if (removes.length === 0 || removes.some(({ dataChange }) => dataChange)) return;
  if (adds.some(({ dataChange }) => dataChange)) {
    context.report('compaction.rows', where, 'dataChange differs between the files');
  }
  const removed = removes.flatMap(({ path }) => before.adds.get(path) ?? []);
  const [was, is] = [recordedRows(removed), recordedRows(adds)];
  if (removed.length === removes.length && was !== is) {
    context.report('compaction.rows', where, `${was} rows became ${is}`);
  }
  await compareContents({ old: pathsOf(removes), fresh: pathsOf(adds) }, where, context);
}

/** Compares row by row, as long as vacuum has not taken the replaced files. */
async function compareContents(
  { old, fresh }: { readonly old: readonly string[]; readonly fresh: readonly string[] },
  where: string,
  { sizes, duck, report }: TableContext,
): Promise<void> {
  if (fresh.length === 0 || ![...old, ...fresh].every((path) => sizes.has(path))) return;
  const [before, after] = [await duck.unionOf(old), await duck.unionOf(fresh)];
  // By name, so that a column that an older file lacks reads as null.
  const left = `(${before} UNION ALL BY NAME (${after} LIMIT 0))`;
  const right = `((${before} LIMIT 0) UNION ALL BY NAME ${after})`;
  const lost = await countRows(`${left} EXCEPT ALL ${right}`, duck);
  const invented = await countRows(`${right} EXCEPT ALL ${left}`, duck);
  if (lost !== 0 || invented !== 0) reportRows({ lost, invented }, where, report);
}

function reportRows(rows: { lost: number; invented: number }, where: string, report: Report): void {
  report('compaction.rows', where, `${rows.lost} rows lost, ${rows.invented} invented`);
}

async function countRows(select: string, duck: TableContext['duck']): Promise<number> {
  const [row] = await duck.query(`SELECT count(*) AS n FROM (${select})`);
  return Number(row?.['n']);
}

function pathsOf(files: readonly { readonly path: string }[]): readonly string[] {
  return files.map(({ path }) => decodeURIComponent(path));
}

function recordedRows(adds: readonly AddAction[]): number {
  return adds.reduce((sum, { stats }) => sum + numRecordsOf(stats), 0);
}

function numRecordsOf(stats: string | null | undefined): number {
  const parsed = JSON.parse(stats ?? '{}') as { readonly numRecords?: number };
  return parsed.numRecords ?? 0;
}
