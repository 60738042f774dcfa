import type { TableClient } from '@azure/data-tables';
import { epochMs } from '../kernel/time.ts';
import type {
  DeadLetterDesk,
  ExpiredLetter,
  ExpiredQuery,
  Note,
  Tally,
} from '../ports/dead-letter-desk.ts';
import type { DeadLetterIntake } from '../ports/dead-letters.ts';
import { announceLate, type AnnouncingParts } from './announce-resolutions.ts';
import type { DeskParts } from './desk-parts.ts';
import { healAll, readHead } from './heal-letters.ts';
import { instantKey, isLetterId, payloadPartition, placeKey, rangeFilter, shards } from './keys.ts';
import { auditRow } from './letter-row-codec.ts';
import { listLetters } from './list-letters.ts';
import { readLetter } from './read-letter.ts';
import { recordLetters } from './record-letters.ts';
import { settleLetter } from './settle-letter.ts';
import { putRows, queryRows } from './table-requests.ts';
import { addTallies, tallyKind } from './tally.ts';
import { toTally } from './tally-row-codec.ts';

/** How dead letters come into an existing table of Table Storage. */
export function createTableDeadLetterIntake(parts: DeskParts): DeadLetterIntake {
  return { record: (records) => recordLetters(parts, records) };
}

/** What is asked and done about the dead letters of an existing table. */
export function createTableDeadLetterDesk(parts: AnnouncingParts): DeadLetterDesk {
  const { table } = parts;
  return {
    list: (query) => listLetters(table, query),
    show: (id) => readLetter(table, id),
    tallies: () => readTallies(table),
    settle: (id, settling) => settleLetter(parts, id, settling),
    note: (id, note) => addNote(parts, id, note),
    heal: (before) => healAll(table, before),
    announce: (before) => announceLate(parts, before),
    expired: (query) => readExpired(table, query),
  };
}

/** Every kind of letters once, summed over the shards. */
export async function readTallies(table: TableClient): Promise<readonly Tally[]> {
  const rows = await Promise.all(
    shards.map((shard) => queryRows(table, { filter: rangeFilter(shard, 'tally') })),
  );
  const kinds = Map.groupBy(rows.flat().map(toTally), (tally) => tallyKind(tally).join('\n'));
  return [...kinds.values()].map((same) => same.reduce(addTallies));
}

async function addNote(
  { table, clock, newId }: DeskParts,
  id: string,
  { by, text, from }: Note,
): Promise<boolean> {
  if (!isLetterId(id) || (await readHead(table, id)) === undefined) return false;
  const origin = from === undefined ? {} : { from };
  const entry = { at: clock.now(), by, action: 'note', why: text, ...origin } as const;
  await putRows(table, [auditRow(id, entry, newId())]);
  return true;
}

async function readExpired(
  table: TableClient,
  { before, limit, after }: ExpiredQuery,
): Promise<readonly ExpiredLetter[]> {
  const start = after === undefined ? '' : placeKey(after.deadLetteredAt, after.id);
  const filter =
    `PartitionKey eq '${payloadPartition}' and RowKey gt '${start}' ` +
    `and RowKey lt '${instantKey(before)}'`;
  const rows = await queryRows(table, { filter, select: ['PartitionKey', 'RowKey'], limit });
  return rows.map(({ rowKey }) => {
    const [instant, id = ''] = rowKey.split('|');
    return { id, deadLetteredAt: epochMs(Number(instant)) };
  });
}
