import type { TableRow } from '../../../ports/delta.ts';
import { buildDataFile, type DataFile, type FileColumn } from '../codec/data-file.ts';

/** The rows of one partition in one file. */
export interface PartitionFile extends DataFile {
  readonly date: string;
}

/** Encodes rows into one file per partition date, dates ascending, rows in the order given. */
export function encodeFiles(
  rows: Iterable<TableRow>,
  columns: readonly FileColumn[],
): readonly PartitionFile[] {
  const byDate = new Map<string, TableRow[]>();
  for (const row of rows) {
    const group = byDate.get(row.partitionDate);
    if (group === undefined) byDate.set(row.partitionDate, [row]);
    else group.push(row);
  }
  const dates = [...byDate].sort(([left], [right]) => (left < right ? -1 : 1));
  return dates.map(([date, group]) => ({ date, ...encodeFile(group, columns) }));
}

function encodeFile(rows: readonly TableRow[], columns: readonly FileColumn[]): DataFile {
  const builder = buildDataFile(columns);
  builder.addRows(columns.map(({ name }) => rows.map(({ values }) => values[name] ?? null)));
  return builder.finish();
}
