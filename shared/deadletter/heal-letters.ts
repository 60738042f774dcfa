import type { TableClient } from '@azure/data-tables';
import { epochMs, type EpochMs } from '../kernel/time.ts';
import { indexAddresses, indexRows, payloadRow } from './index-row-codec.ts';
import { letterAddress, letterStates, rangeFilter, shardOf, shards, type Address } from './keys.ts';
import { headColumns, toLetterHead, type LetterHead, type Row } from './letter-row-codec.ts';
import { persist } from './desk-parts.ts';
import { deleteRows, forEachLimited, putRows, queryRows, readRow } from './table-requests.ts';

/** A row that says that index rows may not agree with their letter. */
interface Pending extends Address {
  readonly id: string;
  readonly at: EpochMs;
}

export function pendingRow(address: Address, at: EpochMs): Row {
  return { ...address, at: String(at) };
}

/** What is pending of a letter. */
export async function readPending(table: TableClient, id: string): Promise<readonly Pending[]> {
  const filter = rangeFilter(shardOf(id), `pending|${id}`);
  return (await queryRows(table, { filter })).map(toPending);
}

/** How many letters one call heals: the next one goes on. */
const healedAtOnce = 1_000;

/** Brings the index rows of all letters that are pending since before the instant up to date. */
export async function healAll(table: TableClient, before: EpochMs): Promise<number> {
  const found = await Promise.all(
    shards.map((shard) =>
      queryRows(table, { filter: rangeFilter(shard, 'pending'), limit: healedAtOnce }),
    ),
  );
  const due = found.flatMap((rows) => rows.map(toPending)).filter(({ at }) => at < before);
  const letters = [...Map.groupBy(due, ({ id }) => id)];
  await forEachLimited(letters, ([id, pending]) => healLetter(table, id, pending));
  return letters.length;
}

/**
 * Makes the index rows agree with the letter, whatever they are now. What was pending is done only
 * when the letter did not change meanwhile: who changes it has a pending row of its own.
 */
export async function healLetter(
  table: TableClient,
  id: string,
  pending: readonly Address[],
): Promise<void> {
  await persist(async () => {
    const head = await readHead(table, id);
    if (head === undefined) return true;
    await placeLetter(table, head);
    return (await readHead(table, id))?.etag === head.etag ? true : undefined;
  });
  await deleteRows(table, pending);
}

export async function readHead(table: TableClient, id: string): Promise<LetterHead | undefined> {
  const row = await readRow(table, letterAddress(id), headColumns);
  return row && toLetterHead(row);
}

/** Puts a letter where it belongs in every list and takes it away from everywhere else. */
async function placeLetter(table: TableClient, head: LetterHead): Promise<void> {
  const { summary, resolution } = head;
  const others = letterStates.filter((state) => state !== resolution.state);
  const wrong = others.flatMap((state) => indexAddresses(summary, state));
  const payload = payloadRow(summary);
  const isPurged = resolution.payloadPurgedAt !== null;
  await putRows(table, [...indexRows(summary, resolution.state), ...(isPurged ? [] : [payload])]);
  // One by one: at most one of them is there.
  await forEachLimited([...wrong, ...(isPurged ? [payload] : [])], (row) =>
    deleteRows(table, [row]),
  );
}

function toPending({ partitionKey, rowKey, at }: Row): Pending {
  const [, id = ''] = rowKey.split('|');
  return { partitionKey, rowKey, id, at: epochMs(Number(at)) };
}
