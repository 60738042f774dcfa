import type { RowGroup, SchemaElement, Statistics } from 'hyparquet';
import type { ColumnType } from '../../../ports/delta.ts';
import { encodeColumn, type ColumnValues } from './column-encoding.ts';
import { instantLowerBound, instantUpperBound } from './instant-bounds.ts';
import { createParquetFile, finishParquetFile } from './parquet-file.ts';
import { compareUtf8, lowerBound, upperBound } from './string-bounds.ts';

/** A column of a data file. The partition column is none: its value stands in the log. */
export interface FileColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether statistics hold its minimum and maximum. */
  readonly bounds: boolean;
}

export interface DataFile {
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** JSON text for `add.stats`. */
  readonly stats: string;
}

/** A data file in the making. */
export interface DataFileBuilder {
  /** Appends one row group: the values of every column, in the order of the columns. */
  addRows(columns: readonly ColumnValues[]): void;
  finish(): DataFile;
}

/** Starts a data file: Parquet, zstd, its schema made of nothing but `columns`. */
export function buildDataFile(columns: readonly FileColumn[]): DataFileBuilder {
  const file = createParquetFile(columns.map(elementOf), columns.length);
  const nullCounts = columns.map(() => 0);
  return {
    addRows(values) {
      values.forEach(
        (column, index) => (nullCounts[index] = (nullCounts[index] ?? 0) + countNulls(column)),
      );
      const columnData = columns.map(({ name, bounds }, index) => ({
        name,
        ...encodeColumn(values[index] ?? []),
        statistics: bounds,
      }));
      void file.write({ columnData, rowGroupSize: Math.max(values[0]?.length ?? 0, 1) });
    },
    finish() {
      const bytes = finishParquetFile(file);
      const rows = Number(file.num_rows);
      const bounds = boundsOf(columns, file.row_groups);
      return { bytes, rows, stats: formatStats({ columns, rows, nullCounts, bounds }) };
    },
  };
}

/** The Parquet schema element of a column. All are optional, as Delta columns are nullable. */
export function elementOf({ name, type }: Pick<FileColumn, 'name' | 'type'>): SchemaElement {
  const element = { name, repetition_type: 'OPTIONAL' } as const;
  switch (type) {
    case 'string':
      return {
        ...element,
        type: 'BYTE_ARRAY',
        converted_type: 'UTF8',
        logical_type: { type: 'STRING' },
      };
    case 'timestamp':
      return {
        ...element,
        type: 'INT64',
        converted_type: 'TIMESTAMP_MICROS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      };
    case 'long':
      return { ...element, type: 'INT64' };
    case 'integer':
      return { ...element, type: 'INT32' };
    case 'boolean':
      return { ...element, type: 'BOOLEAN' };
  }
}

type MinMaxType = NonNullable<Statistics['min_value']>;

interface Bounds {
  readonly min: string | undefined;
  readonly max: string | undefined;
}

/** Bounds as JSON texts. The file's own footer has found them already, in the right order. */
function boundsOf(columns: readonly FileColumn[], groups: readonly RowGroup[]): readonly Bounds[] {
  return columns.map((column, index) => {
    let [min, max]: (MinMaxType | undefined)[] = [];
    for (const group of groups) {
      const found = group.columns[index]?.meta_data?.statistics;
      min = pick(min, found?.min_value, -1);
      max = pick(max, found?.max_value, 1);
    }
    return {
      min: min === undefined ? undefined : boundJson(column.type, min, 'min'),
      max: max === undefined ? undefined : boundJson(column.type, max, 'max'),
    };
  });
}

/** The lower (`sign` -1) or the higher (1) of two values of one column. */
function pick(
  left: MinMaxType | undefined,
  right: MinMaxType | undefined,
  sign: 1 | -1,
): MinMaxType | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return Math.sign(compare(left, right)) === sign ? left : right;
}

function compare(left: MinMaxType, right: MinMaxType): number {
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  if (typeof left === 'string' && typeof right === 'string') {
    return compareUtf8(left.toWellFormed(), right.toWellFormed());
  }
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** A bound as JSON text, rounded outwards, or undefined where the type or the value has none. */
function boundJson(type: ColumnType, value: MinMaxType, side: 'min' | 'max'): string | undefined {
  switch (type) {
    case 'string':
      return textBound(value instanceof Uint8Array ? decode(value) : String(value), side);
    case 'timestamp':
      return instantBound(value as bigint, side);
    case 'long':
    case 'integer':
      return String(value);
    case 'boolean':
      return undefined;
  }
}

function textBound(text: string, side: 'min' | 'max'): string | undefined {
  return quoted(side === 'min' ? lowerBound(text) : upperBound(text));
}

function instantBound(micros: bigint, side: 'min' | 'max'): string | undefined {
  return quoted(side === 'min' ? instantLowerBound(micros) : instantUpperBound(micros));
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function quoted(text: string | undefined): string | undefined {
  return text === undefined ? undefined : JSON.stringify(text);
}

function formatStats(file: {
  readonly columns: readonly FileColumn[];
  readonly rows: number;
  readonly nullCounts: readonly number[];
  readonly bounds: readonly Bounds[];
}): string {
  const { columns, rows, nullCounts, bounds } = file;
  // Assembled by hand, because JSON.stringify has no way to write a bigint.
  const object = (text: (index: number) => string | undefined): string => {
    const members = columns.flatMap(({ name }, index) => {
      const value = text(index);
      return value === undefined ? [] : [`${JSON.stringify(name)}:${value}`];
    });
    return `{${members.join(',')}}`;
  };
  return (
    `{"numRecords":${rows}` +
    `,"minValues":${object((index) => bounds[index]?.min)}` +
    `,"maxValues":${object((index) => bounds[index]?.max)}` +
    `,"nullCount":${object((index) => String(nullCounts[index] ?? 0))}}`
  );
}

function countNulls(values: ColumnValues): number {
  let nulls = 0;
  for (const value of values) if (value === null) nulls += 1;
  return nulls;
}
