import { createHash } from 'node:crypto';
import type { Claim } from '../ports/claims.ts';
import { hashEventKey } from './event-key-hash.ts';

/** A claim with the address of its row. */
export interface AddressedClaim {
  readonly rowKey: string;
  readonly claim: Claim;
}

/** Claims of one bucket that fit in one entity-group transaction. */
export interface ClaimChunk {
  readonly bucket: number;
  readonly claims: readonly AddressedClaim[];
}

/** A transaction takes 100 rows; two of them are the chunk's own. */
const maxClaimsPerChunk = 98;

/** Claims with their addresses, in order. */
export function addressClaims(claims: readonly Claim[]): readonly AddressedClaim[] {
  return claims.map((claim) => ({ rowKey: hashEventKey(claim.key), claim }));
}

/** The first claim of each row: a transaction with a row twice is refused whole. */
export function firstOfEachRow(claims: readonly AddressedClaim[]): readonly AddressedClaim[] {
  const byRow = new Map<string, AddressedClaim>();
  for (const addressed of claims) {
    if (!byRow.has(addressed.rowKey)) byRow.set(addressed.rowKey, addressed);
  }
  return [...byRow.values()];
}

/** Splits claims by bucket and into chunks. The same claims always make the same chunks. */
export function chunkClaims(claims: readonly AddressedClaim[], buckets: number): ClaimChunk[] {
  const byBucket = Map.groupBy(claims, ({ rowKey }) => bucketOf(rowKey, buckets));
  return [...byBucket].flatMap(([bucket, inBucket]) => {
    const count = Math.ceil(inBucket.length / maxClaimsPerChunk);
    return Array.from({ length: count }, (_, place) => {
      const first = place * maxClaimsPerChunk;
      return { bucket, claims: inBucket.slice(first, first + maxClaimsPerChunk) };
    });
  });
}

/** The bucket of a row: fixed by its hash. */
export function bucketOf(rowKey: string, buckets: number): number {
  return Number.parseInt(rowKey.slice(0, 8), 16) % buckets;
}

/** A fingerprint of the claims with their positions: equal only for the same claims delivered again. */
export function fingerprintOf(claims: readonly AddressedClaim[]): string {
  const hash = createHash('sha256');
  for (const { rowKey, claim } of claims) {
    const { author, sequenceNumber, index, table, payloadHash } = claim;
    hash.update(JSON.stringify([rowKey, author, sequenceNumber, index, table, payloadHash]));
  }
  return hash.digest('hex');
}
