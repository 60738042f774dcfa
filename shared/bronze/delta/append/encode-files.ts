import type { TableRow, Value } from '../../../ports/delta.ts';
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
  const names = columns.map(({ name }) => name);
  builder.addRows(toColumns(rows, names));
  return builder.finish();
}

function toColumns(rows: readonly TableRow[], names: readonly string[]): readonly Value[][] {
  const ordered = rows.map(({ values }) => valuesInOrder(values, names));
  return names.map((_, place) => ordered.map((values) => values[place] ?? null));
}

/** Rows mostly name their values in the order of the columns: then no name is looked up. */
function valuesInOrder(
  values: TableRow['values'],
  names: readonly string[],
): readonly (Value | undefined)[] {
  const own = Object.keys(values);
  for (let at = 0; at < names.length; at += 1) {
    if (own[at] !== names[at]) return names.map((name) => values[name]);
  }
  return Object.values(values);
}
