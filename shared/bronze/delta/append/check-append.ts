import type { ColumnType, TableAppend, TableRow, Value } from '../../../ports/delta.ts';

/**
 * Why an append cannot be written whatever the table looks like, or undefined. Found out before it
 * joins others, so that it cannot spoil their commit.
 */
export function appendProblem(append: TableAppend): string | undefined {
  const columns = new Map(append.schema.columns.map(({ name, type }) => [name, type]));
  let previous = -1;
  for (const row of append.rows) {
    if (!Number.isSafeInteger(row.sequenceNumber) || row.sequenceNumber < previous) {
      return `rows are not ascending at sequence number ${row.sequenceNumber}`;
    }
    previous = row.sequenceNumber;
    const problem = rowProblem(row, columns);
    if (problem !== undefined) return `${problem} at sequence number ${row.sequenceNumber}`;
  }
  return previous > append.through ? `a row is above ${append.through}` : undefined;
}

function rowProblem(
  { values, partitionDate }: TableRow,
  columns: ReadonlyMap<string, ColumnType>,
): string | undefined {
  if (!isDate(partitionDate)) return 'the partition date is no date';
  for (const name in values) {
    const type = columns.get(name);
    if (type === undefined) return 'a value has no column';
    const value = values[name] ?? null;
    if (value !== null && !accepts[type](value)) return `column ${name} cannot hold its value`;
  }
  return undefined;
}

const shape = /^\d{4}-\d{2}-\d{2}$/;

/** A date that exists. Checked by the calendar, as it becomes part of a path. */
function isDate(text: string): boolean {
  if (!shape.test(text)) return false;
  const instant = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text);
}

const accepts: Readonly<Record<ColumnType, (value: Value) => boolean>> = {
  string: (value) => typeof value === 'string',
  timestamp: isInt64,
  long: isInt64,
  integer: (value) => typeof value === 'number' && (value | 0) === value,
  boolean: (value) => typeof value === 'boolean',
};

function isInt64(value: Value): boolean {
  return typeof value === 'bigint' && BigInt.asIntN(64, value) === value;
}
