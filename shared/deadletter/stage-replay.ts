import { createHash } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import { nameUuid } from '../kernel/name-uuid.ts';
import { epochMs, type EpochMs } from '../kernel/time.ts';
import type { ReplayBook, ReplayIntent, Staging, StagingOutcome } from '../ports/replays.ts';
import { persist, type DeskParts } from './desk-parts.ts';
import { readHead } from './heal-letters.ts';
import { isLetterId, rangeFilter, shards, stagedAddress } from './keys.ts';
import { resolutionRow, type StoredResolution } from './letter-row-codec.ts';
import { queryRows, transact } from './table-requests.ts';

/** Intents of replays in the table of dead letters: with the letter, and in a list for the timer. */
export function createTableReplayBook(parts: DeskParts): ReplayBook {
  return {
    stage: (id, staging) => stageReplay(parts, id, staging),
    withdraw: (id, replayId) => withdrawReplay(parts, id, replayId),
    staged: (before, limit) => readStaged(parts.table, before, limit),
  };
}

/** The namespace of replays: a random UUID, fixed for ever. */
const namespace = Buffer.from('b5d1f0a7c2e34b6f9a80d3e47c15f6a2', 'hex');

/**
 * What a resolution becomes with the intent, or the answer without any change. Pure. The id follows
 * from the letter and the number of the replay, so that nobody can make a second one of the same.
 */
export function decideStaging(
  id: string,
  current: StoredResolution,
  { staging, at }: { readonly staging: Staging; readonly at: EpochMs },
): { readonly next: StoredResolution; readonly intent: ReplayIntent } | StagingOutcome {
  const { state, payloadPurgedAt, staged, replays = 0 } = current;
  const isPurged = payloadPurgedAt !== null;
  if (state !== 'open' || isPurged) return { kind: 'refused', state, isPurged };
  if (staged !== undefined) {
    const isSame = staging.patch === undefined || staging.patch === staged.patch;
    return { kind: isSame ? 'staged' : 'under-way', intent: staged };
  }
  const { target, patch, by, why, from } = staging;
  const number = replays + 1;
  const hash = createHash('sha1').update(namespace).update(`${id}#${number}`).digest();
  const origin = from === undefined ? {} : { from };
  const intent = { id: nameUuid(hash), target, patch, by, why, ...origin, at };
  return { intent, next: { ...current, staged: intent, replays: number } };
}

/** What a resolution becomes when the intent is taken back; undefined when it does not stand. Pure. */
export function decideWithdrawal(
  current: StoredResolution,
  replayId: string,
): StoredResolution | undefined {
  const { staged, ...rest } = current;
  return staged?.id === replayId ? rest : undefined;
}

async function stageReplay(
  { table, clock }: DeskParts,
  id: string,
  staging: Staging,
): Promise<StagingOutcome> {
  if (!isLetterId(id)) return { kind: 'missing' };
  return await persist(async () => {
    const head = await readHead(table, id);
    if (head === undefined) return { kind: 'missing' };
    const { etag, resolution } = head;
    if (staging.etag !== undefined && staging.etag !== etag) return { kind: 'changed' };
    const at = clock.now();
    const decided = decideStaging(id, resolution, { staging, at });
    if ('kind' in decided) return decided;
    const isDone = await transact(table, [
      ['update', resolutionRow(id, decided.next), 'Merge', { etag }],
      ['create', { ...stagedAddress(id), at: String(at) }],
    ]);
    return isDone ? { kind: 'staged', intent: decided.intent } : undefined;
  });
}

async function withdrawReplay({ table }: DeskParts, id: string, replayId: string): Promise<void> {
  await persist(async () => {
    const head = await readHead(table, id);
    const next = head && decideWithdrawal(head.resolution, replayId);
    if (head === undefined || next === undefined) return true;
    const isDone = await transact(table, [
      ['update', resolutionRow(id, next), 'Merge', { etag: head.etag }],
      ['delete', { ...stagedAddress(id) }],
    ]);
    return isDone ? true : undefined;
  });
}

async function readStaged(
  table: TableClient,
  before: EpochMs,
  limit: number,
): Promise<readonly string[]> {
  const rows = await Promise.all(
    shards.map((shard) => queryRows(table, { filter: rangeFilter(shard, 'staged'), limit })),
  );
  return rows
    .flat()
    .map(({ rowKey, at }) => ({ id: rowKey.slice('staged|'.length), at: epochMs(Number(at)) }))
    .filter(({ at }) => at < before)
    .toSorted((left, right) => left.at - right.at)
    .slice(0, limit)
    .map(({ id }) => id);
}
