import type { TransactionAction } from '@azure/data-tables';
import type { Author } from '../kernel/author.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { ClaimRow } from '../ports/claims.ts';
import { fingerprintOf, type AddressedClaim } from './claim-chunks.ts';

/** A claim as Table Storage holds it. */
export interface ClaimEntity {
  readonly author: string;
  readonly sequenceNumber: bigint;
  readonly itemIndex: number;
  readonly table: string;
  readonly payloadHash: string;
}

/** Names the claims that were written together, under a key that sorts by time. */
export interface WrittenEntity {
  readonly rowKey: string;
  /** The hashes of the claims' rows, 32 bytes each. */
  readonly claims: Uint8Array;
  readonly receipt: string;
}

/** Row keys of claims are hexadecimal: these prefixes sort after all of them. */
const receiptPrefix = 'receipt-';
const writtenPrefix = 'written-';
const takeoverPrefix = 'takeover-';

/** Whether a row of this key is a claim. */
export function isClaimKey(rowKey: string): boolean {
  return /^[\da-f]{64}$/.test(rowKey);
}

/** Where the rows of one transaction go. */
export interface ChunkAddress {
  readonly partitionKey: string;
  readonly writtenAt: EpochMs;
  readonly id: string;
}

/**
 * The transaction that claims a chunk. Its first row is a receipt that only the same claims at the
 * same positions make again: a conflict on it says that all of them are ours already.
 */
export function claimActions(
  { partitionKey, writtenAt, id }: ChunkAddress,
  claims: readonly AddressedClaim[],
): TransactionAction[] {
  const receipt = receiptPrefix + fingerprintOf(claims);
  const written = {
    partitionKey,
    rowKey: `${writtenPrefix}${timeKey(writtenAt)}-${id}`,
    claims: Buffer.from(claims.map(({ rowKey }) => rowKey).join(''), 'hex'),
    receipt,
  };
  return [
    ['create', { partitionKey, rowKey: receipt }],
    ...claims.map(({ rowKey, claim }): TransactionAction => {
      return ['create', { partitionKey, rowKey, ...toEntity(claim) }];
    }),
    ['create', written],
  ];
}

/** A claim row as it was read, with its version. */
export interface StoredClaim extends ClaimEntity {
  readonly etag: string;
}

/**
 * The transaction that puts a claim in the place of the row of that version. A row of its own says
 * that the claim lives on when those that were first written with it are removed.
 */
export function takeoverActions(
  { partitionKey, writtenAt, id }: ChunkAddress,
  addressed: AddressedClaim,
  etag: string,
): TransactionAction[] {
  const { rowKey, claim } = addressed;
  const written = `${writtenPrefix}${timeKey(writtenAt)}-${id}`;
  const [receipt, , naming] = claimActions({ partitionKey, writtenAt, id }, [addressed]);
  return [
    ...(receipt === undefined ? [] : [receipt]),
    ['update', { partitionKey, rowKey, ...toEntity(claim) }, 'Replace', { etag }],
    ...(naming === undefined ? [] : [naming]),
    ['upsert', { partitionKey, rowKey: takeoverPrefix + rowKey, written }, 'Replace'],
  ];
}

/** Which row now names each claim that was taken over, by the claim's row key. */
export type Takeovers = ReadonlyMap<string, string>;

/** A filter for what says so. */
export function takenOver(partitionKey: string): string {
  const end = takeoverPrefix.replace('-', '.');
  return `PartitionKey eq '${partitionKey}' and RowKey ge '${takeoverPrefix}' and RowKey lt '${end}'`;
}

export function toTakeover(row: { readonly rowKey: string; readonly written: string }) {
  return [row.rowKey.slice(takeoverPrefix.length), row.written] as const;
}

/** The place among the claims that a conflict at the given place of `claimActions` speaks of. */
export function conflictingClaim(action: number): number | 'receipt' {
  return action === 0 ? 'receipt' : action - 1;
}

/**
 * The transaction that removes everything that was written together and not taken over since. The receipt goes first: taken
 * one by one, no claim may be missing while its receipt still vouches for it.
 */
export function removalActions(
  partitionKey: string,
  written: WrittenEntity,
  takeovers: Takeovers,
): TransactionAction[] {
  const hex = Buffer.from(written.claims).toString('hex');
  const claims = (hex.match(/.{64}/g) ?? []).flatMap((rowKey) => {
    const naming = takeovers.get(rowKey);
    if (naming === undefined) return [rowKey];
    return naming === written.rowKey ? [rowKey, takeoverPrefix + rowKey] : [];
  });
  return [written.receipt, ...claims, written.rowKey].map((rowKey): TransactionAction => {
    return ['delete', { partitionKey, rowKey }];
  });
}

/** A filter for what was written before the instant, and for nothing that is kept. */
export function writtenBefore(partitionKey: string, before: EpochMs): string {
  const end = `${writtenPrefix}${timeKey(before)}`;
  return `PartitionKey eq '${partitionKey}' and RowKey ge '${writtenPrefix}' and RowKey lt '${end}'`;
}

/** What a stored claim says. */
export function toClaimRow(entity: ClaimEntity): ClaimRow {
  return {
    author: entity.author as Author,
    sequenceNumber: Number(entity.sequenceNumber),
    index: entity.itemIndex,
    table: entity.table,
    payloadHash: entity.payloadHash,
  };
}

function toEntity({ author, sequenceNumber, index, table, payloadHash }: ClaimRow): ClaimEntity {
  const position = { author, sequenceNumber: BigInt(sequenceNumber), itemIndex: index };
  return { ...position, table, payloadHash };
}

/** Sixteen digits sort as numbers do. */
function timeKey(instant: EpochMs): string {
  return String(Math.max(0, Math.trunc(instant))).padStart(16, '0');
}
