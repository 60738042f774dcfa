import type { TransactionAction } from '@azure/data-tables';
import { AppError } from '../kernel/app-error.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Settling, SettlingOutcome } from '../ports/dead-letter-desk.ts';
import { announceChange, unsentRow, type AnnouncingParts } from './announce-resolutions.ts';
import { persist, type DeskParts } from './desk-parts.ts';
import { pendingRow, readHead, readPending } from './heal-letters.ts';
import { indexAddresses, indexRows, payloadRow } from './index-row-codec.ts';
import {
  isLetterId,
  partAddress,
  pendingAddress,
  shardOf,
  stagedAddress,
  tallyAddress,
} from './keys.ts';
import {
  auditRow,
  letterRows,
  resolutionRow,
  type LetterHead,
  type StoredResolution,
} from './letter-row-codec.ts';
import { readRecord } from './read-letter.ts';
import { settleResolution, toResolution } from './resolution.ts';
import { tallyKind, tallyMove } from './tally.ts';
import { tallyRow, toTally } from './tally-row-codec.ts';
import { deleteRows, forEachLimited, putRows, readRow, transact } from './table-requests.ts';

/** A change of a letter that its rules allow. */
interface Change {
  readonly head: LetterHead;
  readonly next: StoredResolution;
  readonly settling: Settling;
  readonly at: EpochMs;
  readonly token: string;
}

/**
 * Settles a letter: the letter, its audit entry, its tally and a row that says that its index rows
 * have to follow are one transaction, and so is the mark that the change has to be announced. When
 * somebody else is at the same letter, the row of the index rows stays for `heal`: neither can tell
 * whose come last.
 */
export async function settleLetter(
  parts: AnnouncingParts,
  id: string,
  settling: Settling,
): Promise<SettlingOutcome> {
  if (!isLetterId(id)) return { kind: 'missing' };
  return await persist(async () => {
    const [head, others] = await Promise.all([
      readHead(parts.table, id),
      readPending(parts.table, id),
    ]);
    if (head === undefined) return { kind: 'missing' };
    if (settling.etag !== undefined && settling.etag !== head.etag) return { kind: 'changed' };
    const at = parts.clock.now();
    const next = settleResolution(head.resolution, settling, at);
    if (next === undefined) return refuse(head.resolution);
    const change: Change = { head, next, settling, at, token: parts.newId() };
    if (!(await commit(parts, change))) return undefined;
    await moveIndexRows(parts, change);
    if (others.length === 0) await deleteRows(parts.table, [pendingAddress(id, change.token)]);
    await announceChange(parts, id, next);
    return { kind: 'settled', resolution: toResolution(next) };
  });
}

function refuse({ state, payloadPurgedAt, staged }: StoredResolution): SettlingOutcome {
  const isPurged = payloadPurgedAt !== null;
  return { kind: 'refused', state, isPurged, isStaged: staged !== undefined };
}

/** Whether the letter is as the change wants it; otherwise somebody else was faster. */
async function commit(parts: DeskParts, change: Change): Promise<boolean> {
  const { head, settling, at, token } = change;
  const { id } = head.summary;
  const { by, why, action, from, replay } = settling;
  const entry = {
    at,
    by,
    action,
    why,
    ...(from !== undefined && { from }),
    ...(replay && { replay }),
  };
  const tally = await countMove(parts, change);
  const letter = await changeLetter(parts, change);
  if (tally === undefined || letter === undefined) return false;
  const isDone = await transact(parts.table, [
    letter,
    ['create', auditRow(id, entry, token)],
    ['create', pendingRow(pendingAddress(id, token), at)],
    ['create', unsentRow(id, change.next, at)],
    ...endStaging(change),
    ...tally,
  ]);
  if (isDone && action === 'purge') await deleteParts(parts, head);
  return isDone;
}

/** The row of an intent stands as long as the intent does. */
function endStaging({ head, next }: Change): readonly TransactionAction[] {
  const isEnded = head.resolution.staged !== undefined && next.staged === undefined;
  return isEnded ? [['delete', { ...stagedAddress(head.summary.id) }]] : [];
}

async function countMove(
  { table, clock }: DeskParts,
  { head, next }: Change,
): Promise<readonly TransactionAction[] | undefined> {
  const { summary, resolution } = head;
  if (next.state === resolution.state) return [];
  const shard = shardOf(summary.id);
  const stored = await readRow(table, tallyAddress(shard, tallyKind(summary)));
  if (stored?.etag === undefined) throw lostTally(summary.id);
  const move = { from: resolution.state, to: next.state };
  const tally = tallyMove(toTally(stored), move, clock.now());
  return [['update', tallyRow(shard, tally), 'Replace', { etag: stored.etag }]];
}

async function changeLetter(
  { table }: DeskParts,
  { head, next, settling }: Change,
): Promise<TransactionAction | undefined> {
  const { summary, etag } = head;
  if (settling.action !== 'purge') {
    return ['update', resolutionRow(summary.id, next), 'Merge', { etag }];
  }
  const record = await readRecord(table, summary.id);
  if (record === undefined) return undefined;
  const { encoding, sizeBytes } = record.payload;
  const payload = { encoding: encoding === 'blob' ? 'utf8' : encoding, content: '', sizeBytes };
  const [own] = letterRows({ ...record, payload }, next);
  return ['update', own, 'Replace', { etag }];
}

/** The rows that only the payload needed. */
async function deleteParts({ table }: DeskParts, { summary, rows }: LetterHead): Promise<void> {
  const addresses = Array.from({ length: rows - 1 }, (_, at) => partAddress(summary.id, at + 1));
  await deleteRows(table, addresses);
}

async function moveIndexRows(
  { table }: DeskParts,
  { head, next, settling }: Change,
): Promise<void> {
  const { summary, resolution } = head;
  const former = indexAddresses(summary, resolution.state);
  const rows = indexRows(summary, next.state);
  await forEachLimited(next.state === resolution.state ? [] : rows, async (row) => {
    const old = former.filter(({ partitionKey }) => partitionKey === row.partitionKey);
    const isMoved = await transact(table, [
      ['upsert', row, 'Replace'],
      ...old.map(({ partitionKey, rowKey }): TransactionAction => [
        'delete',
        { partitionKey, rowKey },
      ]),
    ]);
    // It was not listed yet: what listed it late is healed as all that is pending.
    if (!isMoved) await putRows(table, [row]);
  });
  if (settling.action === 'purge') await deleteRows(table, [payloadRow(summary)]);
}

function lostTally(id: string): AppError {
  return new AppError('storage.unexpected_answer', 'A dead letter was never counted.', {
    kind: 'permanent',
    details: { id },
  });
}
