import type { Author, HubPartition } from '../kernel/author.ts';
import type { DeadLetterRecord } from '../ports/dead-letters.ts';
import type { TableAppend, TableRow } from '../ports/delta.ts';
import type { EventColumns, ReadItem } from '../ports/events.ts';
import type { Plan, PlannedItem } from '../ports/ledger.ts';
import { deadLetterIdOf, deadLetterRecord } from './dead-letter-record.ts';
import {
  deadLetterRow,
  deadLetterSchema,
  deadLetterTable,
  resolutionRow,
} from './dead-letter-rows.ts';
import { eventRow, eventTableSchema, noColumns } from './event-rows.ts';
import type { IngestPorts } from './ingest-ports.ts';
import { isResolutionItem, type LandingItem } from './landing-item.ts';
import { mapLimited } from './map-limited.ts';
import { tableOf } from './plan.ts';
import type { ReadMessage } from './read-messages.ts';
import { inlinePayload, storePayload } from './stored-payload.ts';

/** A part of a plan, at message borders, with the messages it speaks of. */
export interface Landing {
  readonly author: Author;
  readonly partition: HubPartition;
  readonly plan: Plan;
  readonly items: readonly PlannedItem[];
  readonly messages: readonly ReadMessage[];
}

interface PlannedRow {
  readonly table: string;
  readonly row: TableRow;
  readonly record?: DeadLetterRecord;
}

const concurrentPuts = 16;

/**
 * Writes the rows of planned items, one append per table, all tables at once; payload blobs and the
 * operational rows of dead letters first, as nobody comes back to them once the tables have landed.
 * What is written follows from the plan: verdicts are never taken again here. A failing table does
 * not keep the others back; its error is thrown when all have finished.
 */
export async function landItems(ports: IngestPorts, landing: Landing): Promise<void> {
  const messages = new Map(landing.messages.map((read) => [read.message.sequenceNumber, read]));
  const rows = await mapLimited(landing.items, concurrentPuts, async (planned) => {
    const read = messages.get(planned.sequenceNumber);
    return read === undefined ? undefined : makeRow(ports, landing, { planned, read });
  });
  await recordDeadLetters(ports, rows);
  const appends = groupByTable(rows, landing);
  const pending = appends.map((append) => ports.tables.append(append));
  await Promise.allSettled(pending);
  await Promise.all(pending);
}

async function recordDeadLetters(
  { deadLetters }: IngestPorts,
  rows: readonly (PlannedRow | undefined)[],
): Promise<void> {
  const records = rows.flatMap((row) => row?.record ?? []);
  if (records.length > 0) await deadLetters.record(records);
}

async function makeRow(
  ports: IngestPorts,
  landing: Landing,
  at: { readonly planned: PlannedItem; readonly read: ReadMessage },
): Promise<PlannedRow | undefined> {
  const { verdict } = at.planned;
  const table = tableOf(verdict);
  if (table === undefined) return undefined;
  const item = landingItem(ports, landing, at);
  if (verdict.kind !== 'dead-lettered') return { table, row: landedRow(item) };
  const name = `dead-letters/${deadLetterIdOf(item)}`;
  const payload = await storePayload(ports.payloads, name, item.payload());
  const record = deadLetterRecord(item, { rejection: verdict.rejection, payload });
  return { table, row: deadLetterRow(record, item.message.sequenceNumber), record };
}

function landedRow(item: LandingItem): TableRow {
  const { resolutionChange, message } = item;
  return resolutionChange === undefined
    ? eventRow(item)
    : resolutionRow(resolutionChange, message.sequenceNumber);
}

function landingItem(
  { log }: Pick<IngestPorts, 'log'>,
  { author, partition, plan }: Landing,
  { planned, read }: { readonly planned: PlannedItem; readonly read: ReadMessage },
): LandingItem {
  const { sequenceNumber, index, origin } = planned;
  const item = findItem(read, index);
  if (item === undefined) {
    log.error('A planned item is not found in its message by this version of the reader', {
      author,
      sequenceNumber,
      index,
    });
  }
  return {
    author,
    partitionId: partition.partitionId,
    message: read.message,
    origin,
    index,
    columns: item?.columns ?? unreadColumns(read.items[0]),
    payload: () => (item ?? read.items[0]).payload(),
    plannedAt: plan.plannedAt,
    deadLetter: item?.deadLetter,
    resolutionChange: isResolutionItem(item) ? item.resolutionChange : undefined,
  };
}

function findItem({ items }: ReadMessage, index: number): ReadItem | undefined {
  const likely = items[index];
  return likely?.index === index ? likely : items.find((item) => item.index === index);
}

/** The plan stands even if this version reads the message otherwise: keep all that there is. */
function unreadColumns(whole: ReadItem): EventColumns {
  return { ...noColumns, data: inlinePayload(whole.payload()).content };
}

/** `through` follows from the plan, so that the watermark tells the same whoever moves it. */
function groupByTable(
  rows: readonly (PlannedRow | undefined)[],
  { author, items }: Landing,
): TableAppend[] {
  const through = new Map<string, number>();
  for (const { verdict, sequenceNumber } of items) {
    const table = tableOf(verdict);
    if (table !== undefined) through.set(table, sequenceNumber);
  }
  const planned = rows.filter((row) => row !== undefined);
  const byTable = Map.groupBy(planned, ({ table }) => table);
  return [...byTable].map(([table, rowsOfTable]) => ({
    table,
    schema: table === deadLetterTable ? deadLetterSchema : eventTableSchema,
    author,
    through: through.get(table) ?? 0,
    rows: rowsOfTable.map(({ row }) => row),
  }));
}
