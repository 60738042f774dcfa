import type { Author } from '../../../shared/kernel/author.ts';
import type { TableAppend, TableRow, TableSchema, Value } from '../../../shared/ports/delta.ts';

/** A small event table: every column type, and one column without bounds. */
export const sampleSchema: TableSchema = {
  columns: [
    { name: 'event_id', type: 'string' },
    { name: 'event_time', type: 'timestamp' },
    { name: 'data', type: 'string', bounds: false },
    { name: 'sequence_number', type: 'long' },
    { name: 'retry_count', type: 'integer' },
    { name: 'resolved', type: 'boolean' },
  ],
  partitionColumn: 'event_date',
};

export const authorNamed = (name: string): Author =>
  `hub.example/events/2026-11-01T00:00:00Z/cg-bronze/${name}` as Author;

/** The row of one message; its id says who wrote it. */
export function sampleRow(
  author: Author,
  sequenceNumber: number,
  values: Readonly<Record<string, Value>> = {},
): TableRow {
  return {
    sequenceNumber,
    partitionDate: `2026-11-${String(20 + (sequenceNumber % 2)).padStart(2, '0')}`,
    values: {
      event_id: rowId(author, sequenceNumber),
      event_time: 1_763_700_000_000_000n + BigInt(sequenceNumber),
      data: `{"total":${sequenceNumber}.10}`,
      sequence_number: BigInt(sequenceNumber),
      retry_count: sequenceNumber % 3,
      resolved: sequenceNumber % 2 === 0,
      ...values,
    },
  };
}

export function rowId(author: Author, sequenceNumber: number): string {
  return `${author}#${sequenceNumber}`;
}

/** The append of the messages `first` to `last`, both included. */
export function sampleAppend(
  table: string,
  author: Author,
  { first, last }: { readonly first: number; readonly last: number },
): TableAppend {
  const rows = Array.from({ length: last - first + 1 }, (_, index) =>
    sampleRow(author, first + index),
  );
  return { table, schema: sampleSchema, author, through: last, rows };
}
