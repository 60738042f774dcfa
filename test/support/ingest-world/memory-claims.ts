import { isDeepStrictEqual } from 'node:util';
import type { ClaimRow, ClaimStore } from '../../../shared/ports/claims.ts';
import type { EventKey } from '../../../shared/ports/events.ts';

/** Claims in memory, with the same promises as those in Table Storage. */
export interface MemoryClaims extends ClaimStore {
  /** Forgets a claim, as the clean-up does when its lifetime is over. */
  expire(key: EventKey): void;
  row(key: EventKey): ClaimRow | undefined;
}

export function createMemoryClaims(): MemoryClaims {
  const rows = new Map<string, ClaimRow>();
  const nameOf = ({ source, id }: EventKey): string => JSON.stringify([source, id]);
  return {
    claim: (claims) =>
      Promise.resolve(
        claims.map((claim) => {
          const { author, sequenceNumber, index, table, payloadHash } = claim;
          const name = nameOf(claim.key);
          const row = rows.get(name) ?? { author, sequenceNumber, index, table, payloadHash };
          rows.set(name, row);
          return row;
        }),
      ),
    takeOver: (claim, standing) => {
      const name = nameOf(claim.key);
      const row = rows.get(name);
      const { author, sequenceNumber, index, table, payloadHash } = claim;
      const own = { author, sequenceNumber, index, table, payloadHash };
      const isTaken = row === undefined || isDeepStrictEqual(row, standing);
      if (isTaken) rows.set(name, own);
      return Promise.resolve(isTaken ? own : row);
    },
    expire: (key) => void rows.delete(nameOf(key)),
    row: (key) => rows.get(nameOf(key)),
  };
}
