import { toAsciiJson } from '../../../../shared/kernel/ascii-json.ts';
import type { HistoryRow } from '../history/history.ts';
import { parseHistoryRow, type StoredRow } from './instance-row-codec.ts';
import type { Columns } from './text-columns.ts';

/**
 * How much of a history stands in the instance's own row, a column for each of its first rows. A
 * change of the instance is one row then: that costs half of a transaction of two.
 */
export interface HistoryColumns {
  readonly count: number;
  /** Characters of all of them. */
  readonly length: number;
}

export const noHistoryColumns: HistoryColumns = { count: 0, length: 0 };

/** A column holds 32 Ki characters; the row has other columns, too, and 1 MiB for all. */
const columnLength = 30_000;
const maxLength = 60_000;
const maxCount = 100;

export interface AddedColumn {
  readonly columns: Columns;
  readonly after: HistoryColumns;
}

/** The column for the row of that index; undefined where it is to be a row of its own. */
export function addHistoryColumn(
  { count, length }: HistoryColumns,
  row: HistoryRow,
  index: number,
): AddedColumn | undefined {
  const text = toAsciiJson(JSON.stringify(row));
  const after = { count: count + 1, length: length + text.length };
  const isNext = index === count && count < maxCount;
  const fits = text.length <= columnLength && after.length <= maxLength;
  if (!isNext || !fits) return undefined;
  return { columns: { [countColumn]: after.count, [columnName(index)]: text }, after };
}

/** Empties the columns of an execution that is over: a merge would leave them as they are. */
export function clearHistoryColumns({ count }: HistoryColumns): Columns {
  const names = Array.from({ length: count }, (_, index) => columnName(index));
  return { [countColumn]: 0, ...Object.fromEntries(names.map((name) => [name, ''])) };
}

/** Reads the columns of a row, which are the beginning of its history. */
export function readHistoryColumns(row: StoredRow): {
  readonly inRow: HistoryColumns;
  readonly rows: readonly HistoryRow[];
} {
  const count = row[countColumn];
  if (typeof count !== 'number') return { inRow: noHistoryColumns, rows: [] };
  const texts = Array.from({ length: count }, (_, index) => String(row[columnName(index)]));
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  return { inRow: { count, length }, rows: texts.map((text) => parseHistoryRow(text)) };
}

const countColumn = 'historyColumns';

function columnName(index: number): string {
  return `history${index}`;
}
