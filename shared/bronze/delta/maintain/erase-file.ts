import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AddFile } from '../actions.ts';
import type { ColumnValues } from '../codec/column-encoding.ts';
import { buildDataFile } from '../codec/data-file.ts';
import { viewDataFile, type DataFileView } from '../codec/data-file-reader.ts';
import { readNumRecords } from '../codec/stats-reader.ts';
import { dataFilePath, decodeFilePath } from '../codec/table-paths.ts';
import type { Merge } from '../compaction-conflict.ts';
import type { TableSource } from '../log/table-source.ts';
import { fileColumns, type TableShape } from '../table-shape.ts';

/** The rows to look for in one file, and what to take out of them. */
export interface FileErasure {
  readonly keyColumn: string;
  readonly column: string;
  readonly keys: ReadonlySet<string>;
}

/** What was found in one file. */
export type FileFinding =
  | {
      readonly kind: 'read';
      /** Keys with a row that has a text or an empty text. */
      readonly found: ReadonlySet<string>;
      /** The file without the texts, in the store but in no commit; undefined when it has none. */
      readonly rewrite: Merge | undefined;
    }
  /** It is not there any more: somebody else has replaced it. */
  | { readonly kind: 'gone' }
  /** It cannot be read exactly, and so not be written anew. */
  | { readonly kind: 'unreadable' };

/**
 * Looks for rows in a file and writes it anew when they still have their texts: same rows in the
 * same order, one row group in memory at a time beside the file itself.
 */
export async function eraseInFile(
  source: TableSource,
  shape: TableShape,
  { input, erasure }: { readonly input: AddFile; readonly erasure: FileErasure },
): Promise<FileFinding> {
  const file = await source.store.get(source.root + decodeFilePath(input.path));
  if (!file.found) return { kind: 'gone' };
  const columns = fileColumns(shape);
  const view = await viewDataFile(file.bytes, columns);
  const isWhole = view !== undefined && view.rows === (readNumRecords(input.stats) ?? view.rows);
  if (!isWhole) return { kind: 'unreadable' };
  const { found, hasTexts } = await search(view, erasure);
  if (!hasTexts) return { kind: 'read', found, rewrite: undefined };
  const output = await rewrite(source, shape, { input, erasure, view });
  return { kind: 'read', found, rewrite: { inputs: [input], output } };
}

/** Reads the column of texts only where a key was found. */
async function search(
  view: DataFileView,
  { keyColumn, column, keys }: FileErasure,
): Promise<{ readonly found: ReadonlySet<string>; readonly hasTexts: boolean }> {
  const found = new Set<string>();
  let hasTexts = false;
  for (const range of view.ranges) {
    const names = (await view.readColumn(keyColumn, range)).map(toText);
    await nextTurn();
    if (!names.some((name) => name !== undefined && keys.has(name))) continue;
    const texts = await view.readColumn(column, range);
    names.forEach((name, row) => {
      const text = toText(texts[row] ?? null);
      if (name === undefined || text === undefined || !keys.has(name)) return;
      found.add(name);
      hasTexts ||= text !== '';
    });
  }
  return { found, hasTexts };
}

interface Rewriting {
  readonly input: AddFile;
  readonly erasure: FileErasure;
  readonly view: DataFileView;
}

async function rewrite(
  source: TableSource,
  shape: TableShape,
  { input, erasure, view }: Rewriting,
): Promise<AddFile> {
  const columns = fileColumns(shape);
  const builder = buildDataFile(columns);
  for (const range of view.ranges) {
    const names = (await view.readColumn(erasure.keyColumn, range)).map(toText);
    const values: ColumnValues[] = [];
    for (const { name } of columns) {
      const column = await view.readColumn(name, range);
      values.push(name === erasure.column ? emptied(column, names, erasure.keys) : column);
    }
    builder.addRows(values);
    await nextTurn();
  }
  const { bytes, stats } = builder.finish();
  const { partitionValues } = input;
  const { partitionColumn } = shape;
  const date = partitionValues[partitionColumn] ?? '';
  const path = dataFilePath({ partitionColumn, date, id: source.newId() });
  await source.store.put(source.root + path, bytes);
  const modificationTime = source.clock.now();
  const size = bytes.byteLength;
  return { path, partitionValues, size, modificationTime, dataChange: true, stats };
}

const emptyText = new Uint8Array(0);

function emptied(
  texts: ColumnValues,
  names: readonly (string | undefined)[],
  keys: ReadonlySet<string>,
): ColumnValues {
  return texts.map((text, row) => {
    const name = names[row];
    return text !== null && name !== undefined && keys.has(name) ? emptyText : text;
  });
}

function toText(value: ColumnValues[number]): string | undefined {
  if (typeof value === 'string') return value;
  if (!(value instanceof Uint8Array)) return undefined;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
}
