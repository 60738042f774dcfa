import { isDeepStrictEqual } from 'node:util';
import type { TableClient } from '@azure/data-tables';
import { AppError } from '../kernel/app-error.ts';
import { statusOf, storageFailure } from '../kernel/storage-failure.ts';
import type { Clock, EpochMs } from '../kernel/time.ts';
import type { Claim, ClaimLookup, ClaimRow, ClaimStore } from '../ports/claims.ts';
import { createBucketGuard } from './bucket-guard.ts';
import {
  addressClaims,
  bucketOf,
  chunkClaims,
  firstOfEachRow,
  type AddressedClaim,
  type ClaimChunk,
} from './claim-chunks.ts';
import {
  claimActions,
  conflictingClaim,
  takeoverActions,
  toClaimRow,
  type StoredClaim,
} from './claim-rows-codec.ts';
import { hashEventKey } from './event-key-hash.ts';
import { removeClaims } from './claim-removal.ts';

export interface TableClaimStoreOptions {
  /** An existing table. Its client's retries are harmless. */
  readonly table: TableClient;
  /** The namespace of the claims: what is landed in. Lower-case letters, digits and hyphens. */
  readonly sink: string;
  /** Partitions that the claims are spread over; fixed for the life of the sink. Default 8. */
  readonly buckets?: number;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Claims in Table Storage, with a clean-up for a timer. */
export interface TableClaimStore extends ClaimStore, ClaimLookup {
  /**
   * Makes the check of the number of buckets, which otherwise the first claim waits for.
   * Errors: as `createTableClaimStore`.
   */
  verify(): Promise<void>;
  /** Removes claims made before the instant and returns how many. Touches nothing that it keeps. */
  removeBefore(before: EpochMs): Promise<number>;
}

/** After so many conflicts in one transaction it is cheaper to read what is left. */
const maxConflicts = 4;
const concurrentReads = 32;
/** A claim may be cleaned up between conflict and read; more rounds than this are no accident. */
const maxRounds = 5;

/**
 * Opens the claims of a sink. New events cost one transaction for every 98 of a bucket, and so
 * does a batch delivered again; a conflict costs one more transaction and one read.
 * Errors: `storage.unavailable`, `ledger.contended` (transient), `config.invalid` (permanent).
 */
export function createTableClaimStore(options: TableClaimStoreOptions): TableClaimStore {
  const { table, sink, buckets = 8 } = options;
  const store: Store = { ...options, buckets, partition: (bucket) => `${sink}-${bucket}` };
  const guard = createBucketGuard({ table, sink, buckets });
  return {
    verify: guard,
    claim: async (claims) => {
      if (claims.length === 0) return [];
      await guard();
      const addressed = addressClaims(claims);
      const standing = await claimAll(store, firstOfEachRow(addressed));
      return addressed.map(({ rowKey }) => requireRow(standing.get(rowKey)));
    },
    takeOver: async (claim, standing) => {
      await guard();
      return await takeOver(store, claim, standing);
    },
    find: async (keys) => {
      const rows = await mapConcurrently(keys, (key) => readRow(store, hashEventKey(key)));
      return rows.map((row) => row && toClaimRow(row));
    },
    removeBefore: async (before) => {
      await guard();
      let removed = 0;
      for (let bucket = 0; bucket < buckets; bucket += 1) {
        removed += await removeClaims(table, store.partition(bucket), before);
      }
      return removed;
    },
  };
}

interface Store extends TableClaimStoreOptions {
  readonly buckets: number;
  readonly partition: (bucket: number) => string;
}

type Standing = Map<string, ClaimRow>;

async function claimAll(store: Store, claims: readonly AddressedClaim[]): Promise<Standing> {
  const standing: Standing = new Map();
  let pending = claims;
  for (let round = 0; pending.length > 0; round += 1) {
    if (round === maxRounds) throw contended(pending.length);
    const chunks = chunkClaims(pending, store.buckets);
    const outcomes = await Promise.all(chunks.map((chunk) => insertChunk(store, chunk)));
    for (const { rowKey, claim } of outcomes.flatMap(({ inserted }) => inserted)) {
      standing.set(rowKey, rowOf(claim));
    }
    const taken = outcomes.flatMap((outcome) => outcome.taken);
    await readRows(store, taken, standing);
    pending = taken.filter(({ rowKey }) => !standing.has(rowKey));
  }
  return standing;
}

function rowOf({ author, sequenceNumber, index, table, payloadHash }: ClaimRow): ClaimRow {
  return { author, sequenceNumber, index, table, payloadHash };
}

interface ChunkOutcome {
  readonly inserted: readonly AddressedClaim[];
  /** Perhaps claimed by somebody. */
  readonly taken: readonly AddressedClaim[];
}

async function insertChunk(store: Store, { bucket, claims }: ClaimChunk): Promise<ChunkOutcome> {
  const taken: AddressedClaim[] = [];
  let pending = claims;
  for (let conflicts = 0; conflicts <= maxConflicts && pending.length > 0; conflicts += 1) {
    const conflict = await insert(store, bucket, pending);
    if (conflict === undefined || conflict === 'receipt') return { inserted: pending, taken };
    const rival = pending[conflict];
    if (rival === undefined) break;
    taken.push(rival);
    pending = pending.filter((claim) => claim !== rival);
  }
  return { inserted: [], taken: [...taken, ...pending] };
}

/** Undefined when all were inserted, otherwise which one was there before; -1 when unknown. */
async function insert(
  { table, partition, clock, newId }: Store,
  bucket: number,
  claims: readonly AddressedClaim[],
): Promise<number | 'receipt' | undefined> {
  const address = { partitionKey: partition(bucket), writtenAt: clock.now(), id: newId() };
  try {
    await table.submitTransaction(claimActions(address, claims));
    return undefined;
  } catch (cause) {
    if (statusOf(cause) !== 409) throw storageFailure(cause, 'claim');
    return conflictingClaim(conflictingAction(cause));
  }
}

/** Table Storage begins the message with the place of the action that failed. */
function conflictingAction(cause: unknown): number {
  const place = cause instanceof Error ? /^(\d+):/.exec(cause.message)?.[1] : undefined;
  return place === undefined ? Number.MAX_SAFE_INTEGER : Number(place);
}

async function readRows(
  store: Store,
  claims: readonly AddressedClaim[],
  standing: Standing,
): Promise<void> {
  const rows = await mapConcurrently(claims, ({ rowKey }) => readRow(store, rowKey));
  for (const [place, { rowKey }] of claims.entries()) {
    const row = rows[place];
    if (row !== undefined) standing.set(rowKey, toClaimRow(row));
  }
}

async function mapConcurrently<Each, Read>(
  list: readonly Each[],
  read: (each: Each) => Promise<Read>,
): Promise<readonly (Read | undefined)[]> {
  const found = new Array<Read | undefined>(list.length).fill(undefined);
  const queue = list.entries();
  const work = async (): Promise<void> => {
    for (const [place, each] of queue) found[place] = await read(each);
  };
  await Promise.all(Array.from({ length: Math.min(concurrentReads, list.length) }, work));
  return found;
}

/** A version tells whether the row is still the one that was judged. */
async function takeOver(store: Store, claim: Claim, standing: ClaimRow): Promise<ClaimRow> {
  const { table, buckets, clock, newId } = store;
  const rowKey = hashEventKey(claim.key);
  const partitionKey = store.partition(bucketOf(rowKey, buckets));
  for (let round = 0; round < maxRounds; round += 1) {
    const row = await readRow(store, rowKey);
    if (row === undefined)
      return requireRow((await claimAll(store, [{ rowKey, claim }])).get(rowKey));
    if (!isDeepStrictEqual(toClaimRow(row), rowOf(standing))) return toClaimRow(row);
    const address = { partitionKey, writtenAt: clock.now(), id: newId() };
    try {
      await table.submitTransaction(takeoverActions(address, { rowKey, claim }, row.etag));
      return rowOf(claim);
    } catch (cause) {
      // Somebody was faster, or an answer was lost: what stands now decides.
      if (![409, 412].includes(statusOf(cause) ?? 0))
        throw storageFailure(cause, 'take over a claim');
    }
  }
  throw contended(1);
}

async function readRow(
  { table, partition, buckets }: Store,
  rowKey: string,
): Promise<StoredClaim | undefined> {
  try {
    const partitionKey = partition(bucketOf(rowKey, buckets));
    return await table.getEntity<StoredClaim & object>(partitionKey, rowKey);
  } catch (cause) {
    if (statusOf(cause) === 404) return undefined;
    throw storageFailure(cause, 'read a claim');
  }
}

function requireRow(row: ClaimRow | undefined): ClaimRow {
  if (row !== undefined) return row;
  throw new AppError('bug', 'A claim has no row.', { kind: 'permanent' });
}

function contended(claims: number): AppError {
  return new AppError('ledger.contended', 'Claims vanish as fast as they are made.', {
    kind: 'transient',
    details: { claims },
  });
}
