import type { TableClient } from '@azure/data-tables';
import { AppError } from '../kernel/app-error.ts';
import { statusOf, storageFailure } from '../kernel/storage-failure.ts';
import type { Clock, EpochMs } from '../kernel/time.ts';
import type { ClaimRow, ClaimStore } from '../ports/claims.ts';
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
  toClaimRow,
  type ClaimEntity,
} from './claim-rows-codec.ts';
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
export interface TableClaimStore extends ClaimStore {
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
  const queue = claims.values();
  const work = async (): Promise<void> => {
    for (const { rowKey } of queue) {
      const row = await readRow(store, rowKey);
      if (row !== undefined) standing.set(rowKey, row);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrentReads, claims.length) }, work));
}

async function readRow(
  { table, partition, buckets }: Store,
  rowKey: string,
): Promise<ClaimRow | undefined> {
  try {
    const partitionKey = partition(bucketOf(rowKey, buckets));
    return toClaimRow(await table.getEntity<ClaimEntity & object>(partitionKey, rowKey));
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
