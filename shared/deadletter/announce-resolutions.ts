import { epochMs, type EpochMs } from '../kernel/time.ts';
import type { DeadLetterRecord } from '../ports/dead-letters.ts';
import type { ResolutionChange, ResolutionSender, ResolvedLetter } from '../ports/resolutions.ts';
import type { DeskParts } from './desk-parts.ts';
import { rangeFilter, shards, unsentAddress, type Address } from './keys.ts';
import { damaged, toStoredResolution, toText, type Row } from './letter-row-codec.ts';
import type { StoredResolution } from './letter-row-codec.ts';
import { readRecord } from './read-letter.ts';
import { toResolution } from './resolution.ts';
import { chunk, deleteRows, forEachLimited, queryRows } from './table-requests.ts';

/** What changing resolutions takes: whoever keeps the analysis table has to hear of it. */
export interface AnnouncingParts extends DeskParts {
  readonly resolutions: ResolutionSender;
}

/** A change that was made and perhaps not announced. */
interface Unsent extends Address {
  readonly id: string;
  readonly next: StoredResolution;
  readonly at: EpochMs;
}

/**
 * The mark that a change still has to be announced. It belongs into the transaction of the change;
 * it holds the change itself, because others may follow before it is sent.
 */
export function unsentRow(id: string, next: StoredResolution, at: EpochMs): Row {
  return { ...unsentAddress(id, next.number), resolution: toText(next), at: String(at) };
}

/** Announces a change that was just made. When that fails its mark stays, for `announceLate`. */
export async function announceChange(
  parts: AnnouncingParts,
  id: string,
  next: StoredResolution,
): Promise<void> {
  const change = { ...unsentAddress(id, next.number), id, next, at: parts.clock.now() };
  await announce(parts, [change]).catch(() => undefined);
}

/** How many marks of each shard one call looks at: the next one goes on. */
const readAtOnce = 1_000;
/** How many changes are sent together. */
const sentAtOnce = 100;

/** Announces the changes from before the instant whose marks are still there; returns how many. */
export async function announceLate(parts: AnnouncingParts, before: EpochMs): Promise<number> {
  const found = await Promise.all(
    shards.map((shard) =>
      queryRows(parts.table, { filter: rangeFilter(shard, 'unsent'), limit: readAtOnce }),
    ),
  );
  const due = found.flatMap((rows) => rows.map(toUnsent)).filter(({ at }) => at < before);
  let sent = 0;
  for (const batch of chunk(due, sentAtOnce)) sent += await announce(parts, batch);
  return sent;
}

async function announce(
  { table, resolutions }: AnnouncingParts,
  unsent: readonly Unsent[],
): Promise<number> {
  const ready: { readonly mark: Unsent; readonly change: ResolutionChange }[] = [];
  await forEachLimited(unsent, async (mark) => {
    const record = await readRecord(table, mark.id);
    // It is being purged just now: the next call finds it as it is then.
    if (record !== undefined) ready.push({ mark, change: toChange(record, mark.next) });
  });
  await resolutions.announce(ready.map(({ change }) => change));
  await deleteRows(
    table,
    ready.map(({ mark }) => mark),
  );
  return ready.length;
}

function toChange(record: DeadLetterRecord, next: StoredResolution): ResolutionChange {
  const { payloadPurgedAt, number } = next;
  return {
    letter: withoutContent(record),
    number,
    resolution: toResolution(next),
    payloadPurgedAt: payloadPurgedAt === null ? undefined : epochMs(payloadPurgedAt),
  };
}

/** Picked one by one, so that nothing else of what the message carried ever goes along. */
function withoutContent(record: DeadLetterRecord): ResolvedLetter {
  const { id, eventId, source, type, eventTime, partitionId, offset, category, code } = record;
  const { violations, deadLetteredAt, retryCount, stage, origin, sequenceNumber } = record;
  const { itemIndex, failureGroup, deliveryCount, schemaVersion, subject } = record;
  const { traceparent, correlationId, causationId } = record;
  return {
    ...{ id, eventId, source, type, eventTime, partitionId, offset, category, code },
    ...{ violations, deadLetteredAt, retryCount, stage, origin, sequenceNumber },
    ...{ itemIndex, failureGroup, deliveryCount, schemaVersion, subject },
    ...{ traceparent, correlationId, causationId },
  };
}

function toUnsent(row: Row): Unsent {
  const { partitionKey, rowKey, resolution, at } = row;
  if (typeof resolution !== 'string') throw damaged(row);
  const [, id = ''] = rowKey.split('|');
  return {
    ...{ partitionKey, rowKey, id },
    next: toStoredResolution(resolution),
    at: epochMs(Number(at)),
  };
}
