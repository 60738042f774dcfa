import { deadLetterTable } from '../../shared/ingest/dead-letter-rows.ts';
import { utcDate } from '../../shared/ingest/utc-date.ts';
import type { TableErasure } from '../../shared/ports/delta.ts';
import type { LakePayloads } from '../../shared/ports/lake-payloads.ts';

/** The payloads of dead letters in their Delta table. */
export function composeLakePayloads(tables: TableErasure): LakePayloads {
  return {
    erase: (letters) => {
      const byDate = Map.groupBy(letters, ({ deadLetteredAt }) => utcDate(deadLetteredAt));
      const keys = new Map(
        [...byDate].map(([date, same]) => [date, new Set(same.map(({ id }) => id))]),
      );
      return tables.erase({
        table: deadLetterTable,
        keyColumn: 'dead_letter_id',
        column: 'raw_payload',
        keys,
      });
    },
    sweep: (before) => tables.sweep(deadLetterTable, utcDate(before)),
  };
}
