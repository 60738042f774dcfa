import type { TransactionAction } from '@azure/data-tables';
import { AppError } from '../kernel/app-error.ts';
import type { Tally } from '../ports/dead-letter-desk.ts';
import type { DeadLetterRecord } from '../ports/dead-letters.ts';
import { persist, type DeskParts } from './desk-parts.ts';
import { healLetter, pendingRow, readPending } from './heal-letters.ts';
import { indexRows, payloadRow } from './index-row-codec.ts';
import { isLetterId, letterAddress, pendingAddress, shardOf, tallyAddress } from './keys.ts';
import {
  letterRows,
  openResolution,
  summarise,
  type LetterHead,
  type Row,
} from './letter-row-codec.ts';
import { addTallies, tallyArrivals, tallyKind } from './tally.ts';
import { tallyRow, toTally } from './tally-row-codec.ts';
import { deleteRows, forEachLimited, putRows, readRow, transact } from './table-requests.ts';

/** A record and its rows. */
interface NewLetter {
  readonly summary: LetterHead['summary'];
  readonly own: Row;
  readonly parts: readonly Row[];
  readonly pending: Row;
  readonly sizeChars: number;
}

/** Letters of one shard that go into one transaction. */
type Batch = readonly [NewLetter, ...NewLetter[]];

/**
 * What one transaction takes, of 100 rows and 4 MiB: each letter has two rows there, and may have a
 * tally of its own.
 */
const limits = { letters: 30, chars: 2_000_000 };

/**
 * Inserts what is not there yet. The letter, its tally and a row that says that it is not listed
 * yet are one transaction; index rows come after it, and whatever a crash leaves of that is done by
 * the repeated call or by `healAll`.
 */
export async function recordLetters(
  parts: DeskParts,
  records: readonly DeadLetterRecord[],
): Promise<void> {
  const unique = new Map(records.map((record) => [record.id, record]));
  const letters = [...unique.values()].map((record) => toNewLetter(parts, record));
  const shards = [...Map.groupBy(letters, ({ own }) => own.partitionKey).values()];
  const inserted: NewLetter[] = [];
  await forEachLimited(shards, async (ofShard) => {
    for (const batch of toBatches(ofShard)) inserted.push(...(await insertBatch(parts, batch)));
  });
  await list(parts, inserted);
}

function toNewLetter({ clock, newId }: DeskParts, record: DeadLetterRecord): NewLetter {
  const { id } = record;
  if (!isLetterId(id)) {
    throw new AppError('bug', 'The id of a dead letter is no UUID.', { kind: 'permanent' });
  }
  const [own, ...parts] = letterRows(record, openResolution);
  return {
    summary: summarise(record),
    ...{ own, parts },
    pending: pendingRow(pendingAddress(id, newId()), clock.now()),
    sizeChars: JSON.stringify(own).length,
  };
}

function toBatches(letters: readonly NewLetter[]): readonly Batch[] {
  const batches: [NewLetter, ...NewLetter[]][] = [];
  let chars = 0;
  for (const letter of letters) {
    const last = batches.at(-1);
    chars += letter.sizeChars;
    if (last === undefined || last.length >= limits.letters || chars > limits.chars) {
      batches.push([letter]);
      chars = letter.sizeChars;
    } else last.push(letter);
  }
  return batches;
}

/** The letters of the batch that were new. */
async function insertBatch(parts: DeskParts, batch: Batch): Promise<readonly NewLetter[]> {
  return await persist(async (isFirst) => {
    const known = isFirst ? new Set<NewLetter>() : await findKnown(parts, batch);
    const [first, ...others] = batch.filter((letter) => !known.has(letter));
    if (first !== undefined && !(await insertNew(parts, [first, ...others]))) return undefined;
    await forEachLimited([...known], ({ summary }) => listAgain(parts, summary.id));
    return first === undefined ? [] : [first, ...others];
  });
}

async function findKnown({ table }: DeskParts, batch: Batch): Promise<ReadonlySet<NewLetter>> {
  const known = new Set<NewLetter>();
  await forEachLimited(batch, async (letter) => {
    const row = await readRow(table, letterAddress(letter.summary.id), ['RowKey']);
    if (row !== undefined) known.add(letter);
  });
  return known;
}

/** Whether the letters are there now; otherwise one of them was before, or a tally has changed. */
async function insertNew({ table, clock }: DeskParts, batch: Batch): Promise<boolean> {
  const shard = shardOf(batch[0].summary.id);
  // What a letter consists of is there before the letter is.
  await putRows(
    table,
    batch.flatMap(({ parts }) => parts),
  );
  const summaries = batch.map(({ summary }) => summary);
  const kinds = Map.groupBy(summaries, (summary) => tallyAddress(shard, tallyKind(summary)).rowKey);
  const tallies = await Promise.all(
    [...kinds.values()].map(async ([first, ...others]) => {
      if (first === undefined) return [];
      const arrived = tallyArrivals([first, ...others], clock.now());
      const stored = await readRow(table, tallyAddress(shard, tallyKind(first)));
      return [countArrivals(shard, arrived, stored)];
    }),
  );
  const rows = batch.flatMap(({ own, pending }) => [own, pending]);
  const creations = rows.map((row): TransactionAction => ['create', row]);
  return await transact(table, [...creations, ...tallies.flat()]);
}

function countArrivals(shard: string, arrived: Tally, stored: Row | undefined): TransactionAction {
  if (stored?.etag === undefined) return ['create', tallyRow(shard, arrived)];
  const tally = tallyRow(shard, addTallies(toTally(stored), arrived));
  return ['update', tally, 'Replace', { etag: stored.etag }];
}

/** The record was there: its first recorder may not have come so far as to list it. */
async function listAgain({ table }: DeskParts, id: string): Promise<void> {
  const pending = await readPending(table, id);
  // The rows stay: whoever wrote them may still be at it.
  if (pending.length > 0) await healLetter(table, id, []);
}

async function list({ table }: DeskParts, letters: readonly NewLetter[]): Promise<void> {
  await putRows(
    table,
    letters.flatMap(({ summary }) => [...indexRows(summary, 'open'), payloadRow(summary)]),
  );
  await deleteRows(
    table,
    letters.map(({ pending }) => pending),
  );
}
