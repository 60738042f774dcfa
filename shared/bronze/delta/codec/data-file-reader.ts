import { parquetMetadataAsync, parquetScan, type SchemaElement } from 'hyparquet';
import type { ColumnValues } from './column-encoding.ts';
import { elementOf, type FileColumn } from './data-file.ts';
import { asyncBuffer, decompressors } from './parquet-file.ts';

export interface FileRows {
  readonly rows: number;
  /** In the order of the wanted columns; a column that the file lacks is all null. */
  readonly columns: readonly ColumnValues[];
}

interface RowRange {
  readonly rowStart: number;
  readonly rowEnd: number;
}

/** A data file whose columns are read one range of rows at a time. */
export interface DataFileView {
  readonly rows: number;
  /** The row groups of the file, ascending. */
  readonly ranges: readonly RowRange[];
  /** The values of a wanted column; null for one that the file lacks. */
  readColumn(column: string, range: RowRange): Promise<ColumnValues>;
}

/**
 * Reads the wanted columns so that writing them again changes no value: text as its UTF-8 bytes,
 * timestamps as microseconds. Answers undefined for a file that holds a wanted column in another
 * physical type, or a column that nobody wants: such a file must stay as it is.
 */
export async function readDataFile(
  bytes: Uint8Array,
  wanted: readonly FileColumn[],
): Promise<FileRows | undefined> {
  const view = await viewDataFile(bytes, wanted);
  if (view === undefined) return undefined;
  const columns: ColumnValues[] = [];
  for (const { name } of wanted) {
    const parts: ColumnValues[] = [];
    for (const range of view.ranges) parts.push(await view.readColumn(name, range));
    columns.push(parts.flat());
  }
  return { rows: view.rows, columns };
}

/** Opens a data file to be read in parts; otherwise as `readDataFile`. */
export async function viewDataFile(
  bytes: Uint8Array,
  wanted: readonly FileColumn[],
): Promise<DataFileView | undefined> {
  const file = asyncBuffer(bytes);
  const metadata = await parquetMetadataAsync(file, { parsers });
  const found = new Map(metadata.schema.slice(1).map((element) => [element.name, element]));
  const names = new Set(wanted.map(({ name }) => name));
  if ([...found.keys()].some((name) => !names.has(name))) return undefined;
  const isReadable = wanted.every((column) => {
    const element = found.get(column.name);
    return element === undefined || isSameType(element, elementOf(column));
  });
  if (!isReadable) return undefined;
  const scan = await parquetScan({ file, metadata, compressors: decompressors, parsers });
  return {
    rows: Number(metadata.num_rows),
    ranges: scan.ranges,
    readColumn: async (column, range) =>
      found.has(column)
        ? await readColumn(scan, column, range)
        : new Array<null>(range.rowEnd - range.rowStart).fill(null),
  };
}

async function readColumn(
  scan: ParquetScan,
  column: string,
  range: RowRange,
): Promise<ColumnValues> {
  const part = (await scan.readColumn({ column, ...range })) as ArrayLike<unknown>;
  return Array.from(part, (value) => value ?? null) as ColumnValues;
}

type ParquetScan = Awaited<ReturnType<typeof parquetScan>>;

/** Parsers that keep what the file says: the default ones cut microseconds and byte order marks. */
const parsers = {
  stringFromBytes: (bytes: Uint8Array) => bytes,
  timestampFromMicroseconds: (micros: bigint) => micros,
};

function isSameType(found: SchemaElement, ours: SchemaElement): boolean {
  return (
    found.type === ours.type &&
    found.num_children === undefined &&
    found.repetition_type !== 'REPEATED' &&
    logicalType(found) === logicalType(ours)
  );
}

function logicalType({ logical_type: logical, converted_type: converted }: SchemaElement): string {
  if (logical?.type === 'TIMESTAMP') return `${logical.unit} ${logical.isAdjustedToUTC}`;
  if (converted === 'TIMESTAMP_MICROS') return 'MICROS true';
  return (logical?.type ?? converted ?? 'plain').replace('UTF8', 'STRING');
}
