import type { OpenDeltaTables } from '../../../shared/bronze/index.ts';
import type { Erasure } from '../../../shared/ports/delta.ts';
import { authorNamed, rowId, sampleRow, sampleSchema } from './sample-appends.ts';

/** The table of rows with a text that a test looks for in every object of the store. */
export const table = 'brz_event_dead_letter';
export const alice = authorNamed('0');
/** The partition dates of rows with even and with odd numbers. */
export const [even, odd] = ['2026-11-20', '2026-11-21'];
export const secretOf = (sequenceNumber: number): string => `secret ${sequenceNumber}.`;

/** Asks for the texts of these rows, each in the partition of its day. */
export function erasureOf(...numbers: readonly number[]): Erasure {
  const byDate = Map.groupBy(numbers, (number) => (number % 2 === 0 ? even : odd));
  const keys = new Map(
    [...byDate].map(([date, same]) => [date, new Set(same.map((one) => rowId(alice, one)))]),
  );
  return { table, keyColumn: 'event_id', column: 'data', keys };
}

/** Appends the rows one by one, so that each has a file of its own. */
export async function appendSecrets(
  tables: OpenDeltaTables,
  first: number,
  last: number,
): Promise<void> {
  for (let number = first; number <= last; number += 1) {
    const rows = [sampleRow(alice, number, { data: `{"a":"${secretOf(number)}"}` })];
    await tables.append({ table, schema: sampleSchema, author: alice, through: number, rows });
  }
  await tables.idle();
}
