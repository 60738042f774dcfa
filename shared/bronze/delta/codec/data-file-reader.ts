import { parquetMetadataAsync, parquetScan, type SchemaElement } from 'hyparquet';
import type { ColumnValues } from './column-encoding.ts';
import { elementOf, type FileColumn } from './data-file.ts';
import { asyncBuffer, decompressors } from './parquet-file.ts';

export interface FileRows {
  readonly rows: number;
  /** In the order of the wanted columns; a column that the file lacks is all null. */
  readonly columns: readonly ColumnValues[];
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
  const rows = Number(metadata.num_rows);
  const scan = await parquetScan({ file, metadata, compressors: decompressors, parsers });
  const columns: ColumnValues[] = [];
  for (const { name } of wanted) {
    columns.push(found.has(name) ? await readColumn(scan, name) : new Array<null>(rows).fill(null));
  }
  return { rows, columns };
}

async function readColumn(scan: ParquetScan, column: string): Promise<ColumnValues> {
  const values: unknown[] = [];
  for (const range of scan.ranges) {
    const part = (await scan.readColumn({ column, ...range })) as ArrayLike<unknown>;
    for (let index = 0; index < part.length; index += 1) values.push(part[index] ?? null);
  }
  return values as ColumnValues;
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
