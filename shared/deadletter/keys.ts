import { createHash } from 'node:crypto';
import type { EpochMs } from '../kernel/time.ts';
import type { LetterState } from '../ports/dead-letter-desk.ts';

/** Where a row is. */
export interface Address {
  readonly partitionKey: string;
  readonly rowKey: string;
}

/** The ways in which letters are listed; each has index rows of its own. */
export const dimensions = ['all', 'key', 'group', 'type', 'origin', 'category'] as const;
export type Dimension = (typeof dimensions)[number];

export const letterStates = ['open', 'replayed', 'discarded', 'purged'] as const;

const shardCount = 8;

/** The partitions of letters, with all that changes in one transaction with them. */
export const shards: readonly string[] = Array.from({ length: shardCount }, (_, at) => `dl-${at}`);

/** Whether a text can be the id of a dead letter; others must not reach a key. */
export function isLetterId(id: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id);
}

export function shardOf(id: string): string {
  return `dl-${Number.parseInt(id.slice(0, 2), 16) % shardCount}`;
}

export function letterAddress(id: string): Address {
  return { partitionKey: shardOf(id), rowKey: `letter|${id}` };
}

/** What does not fit in the letter's own row. */
export function partAddress(id: string, part: number): Address {
  return { partitionKey: shardOf(id), rowKey: `part|${id}|${String(part).padStart(4, '0')}` };
}

export function auditAddress(id: string, at: EpochMs, token: string): Address {
  return { partitionKey: shardOf(id), rowKey: `audit|${id}|${instantKey(at)}|${token}` };
}

/** Says that the index rows of a letter may not agree with it yet. */
export function pendingAddress(id: string, token: string): Address {
  return { partitionKey: shardOf(id), rowKey: `pending|${id}|${token}` };
}

/** Says that a change of the letter's resolution was not announced yet. */
export function unsentAddress(id: string, number: number): Address {
  return { partitionKey: shardOf(id), rowKey: `unsent|${id}|${String(number).padStart(10, '0')}` };
}

/** Says that a replay of a letter is decided and not settled. */
export function stagedAddress(id: string): Address {
  return { partitionKey: shardOf(id), rowKey: `staged|${id}` };
}

export function tallyAddress(shard: string, kind: readonly string[]): Address {
  return { partitionKey: shard, rowKey: `tally|${hashOf(kind.join('\n'))}` };
}

/** The partition of one list. What a producer chose is hashed: it may hold anything. */
export function indexPartition(dimension: Dimension, value: string): string {
  return dimension === 'all' ? 'by-all' : `by-${dimension}|${hashOf(value)}`;
}

/** Letters that still have their payload, by age. */
export const payloadPartition = 'payload';

/** The place of a letter among those of its state: by age. */
export function placeKey(deadLetteredAt: EpochMs, id: string): string {
  return `${instantKey(deadLetteredAt)}|${id}`;
}

export function indexKey(state: LetterState, place: string): string {
  return `${state}|${place}`;
}

/** Whether a text can be a place, as continuations are; others must not reach a filter. */
export function isPlace(text: string): boolean {
  return /^\d{13}\|([\da-f-]{36})?$/.test(text);
}

/** Sorts as the instant does. */
export function instantKey(instant: EpochMs): string {
  const latest = 9_999_999_999_999;
  return String(Math.min(latest, Math.max(0, Math.trunc(instant)))).padStart(13, '0');
}

/** Rows of a partition whose keys begin with `prefix|`. */
export function rangeFilter(partition: string, prefix: string): string {
  return `PartitionKey eq '${partition}' and RowKey ge '${prefix}|' and RowKey lt '${prefix}}'`;
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
