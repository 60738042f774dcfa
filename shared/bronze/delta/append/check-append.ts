import type { Column, ColumnType, TableAppend, TableRow, Value } from '../../../ports/delta.ts';

/**
 * Why an append cannot be written whatever the table looks like, or undefined. Found out before it
 * joins others, so that it cannot spoil their commit.
 */
export function appendProblem({ schema, rows, through }: TableAppend): string | undefined {
  let previous = -1;
  let date = '';
  for (const row of rows) {
    const { sequenceNumber, partitionDate } = row;
    if (!Number.isSafeInteger(sequenceNumber) || sequenceNumber < previous) {
      return `rows are not ascending at sequence number ${sequenceNumber}`;
    }
    previous = sequenceNumber;
    // Neighbours mostly share their date, and to check one costs as much as the rest of the row.
    if (partitionDate !== date && !isDate(partitionDate)) {
      return `the partition date is no date at sequence number ${sequenceNumber}`;
    }
    date = partitionDate;
    const problem = valuesProblem(row.values, schema.columns);
    if (problem !== undefined) return `${problem} at sequence number ${sequenceNumber}`;
  }
  return previous > through ? `a row is above ${through}` : undefined;
}

function valuesProblem(values: TableRow['values'], columns: readonly Column[]): string | undefined {
  const names = Object.keys(values);
  const found = Object.values(values);
  for (let place = 0; place < names.length; place += 1) {
    const name = names[place];
    const value = found[place];
    // Rows mostly name their columns in the order of the schema.
    const expected = columns[place];
    const column = expected?.name === name ? expected : columns.find((one) => one.name === name);
    if (column === undefined) return 'a value has no column';
    const isRight = value === null || (value !== undefined && accepts(column.type, value));
    if (!isRight) return `column ${column.name} cannot hold its value`;
  }
  return undefined;
}

const datePattern = /^\d{4}-\d{2}-\d{2}$/;

/** A date that exists. Checked by the calendar, as it becomes part of a path. */
function isDate(text: string): boolean {
  if (!datePattern.test(text)) return false;
  const instant = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text);
}

/** Called for every value: a table of functions by type takes twice the time. */
function accepts(type: ColumnType, value: Value): boolean {
  if (typeof value === 'string') return type === 'string';
  if (typeof value === 'bigint') return hasInt64(type) && value >= minInt64 && value <= maxInt64;
  if (typeof value === 'number') return type === 'integer' && (value | 0) === value;
  return type === 'boolean';
}

function hasInt64(type: ColumnType): boolean {
  return type === 'timestamp' || type === 'long';
}

const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;
