import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AddFile } from '../actions.ts';
import type { ColumnValues } from '../codec/column-encoding.ts';
import { buildDataFile, type FileColumn } from '../codec/data-file.ts';
import { readDataFile } from '../codec/data-file-reader.ts';
import { readNumRecords } from '../codec/stats-reader.ts';
import { dataFilePath, decodeFilePath } from '../codec/table-paths.ts';
import type { Merge } from '../compaction-conflict.ts';
import type { TableSource } from '../log/table-source.ts';
import type { Compaction } from '../select-compactions.ts';
import { fileColumns, type TableShape } from '../table-shape.ts';

/** Rows encoded between two turns of the event loop, and the size of a row group. */
const groupRows = 10_000;

/**
 * Writes the rows of small files, unchanged and in order, into one new file. A file that cannot be
 * read exactly is left out; undefined when fewer than two remain.
 */
export async function mergeFiles(
  source: TableSource,
  shape: TableShape,
  { inputs, partitionValues }: Compaction,
): Promise<Merge | undefined> {
  const columns = fileColumns(shape);
  const builder = buildDataFile(columns);
  const groups = groupWriter(columns, (values) => {
    builder.addRows(values);
  });
  const merged: AddFile[] = [];
  for (const input of inputs) {
    const values = await readInput(source, input, columns);
    await nextTurn();
    if (values === undefined) continue;
    groups.add(values);
    merged.push(input);
  }
  if (merged.length < 2) return undefined;
  groups.flush();
  const { bytes, stats } = builder.finish();
  const { partitionColumn } = shape;
  const date = partitionValues[partitionColumn] ?? '';
  const path = dataFilePath({ partitionColumn, date, id: source.newId() });
  await source.store.put(source.root + path, bytes);
  const modificationTime = source.clock.now();
  const size = bytes.byteLength;
  const output = { path, partitionValues, size, modificationTime, dataChange: false, stats };
  return { inputs: merged, output };
}

async function readInput(
  { store, root, table, log }: TableSource,
  { path, stats }: AddFile,
  columns: readonly FileColumn[],
): Promise<readonly ColumnValues[] | undefined> {
  const file = await store.get(root + decodeFilePath(path));
  const content = file.found ? await readDataFile(file.bytes, columns) : undefined;
  if (content !== undefined && content.rows === readNumRecords(stats)) return content.columns;
  log.warn('A file is left out of compaction', { table, path, isFound: file.found });
  return undefined;
}

/** Collects rows of many files into row groups of a useful size. */
function groupWriter(
  columns: readonly FileColumn[],
  write: (values: readonly ColumnValues[]) => void,
) {
  let collected: ColumnValues[][] = columns.map(() => []);
  let rows = 0;
  const flush = (): void => {
    if (rows > 0) write(collected.map((parts) => parts.flat()));
    collected = columns.map(() => []);
    rows = 0;
  };
  return {
    flush,
    add: (values: readonly ColumnValues[]): void => {
      values.forEach((column, index) => collected[index]?.push(column));
      rows += values[0]?.length ?? 0;
      if (rows >= groupRows) flush();
    },
  };
}
