import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Author } from '../../../shared/kernel/author.ts';
import type { Claim, ClaimStore } from '../../../shared/ports/claims.ts';

const author = 'ns/events/2026-11-21T00:00:00.000Z/cg-data-bronze/0' as Author;

/** A claim of a new event, unless told otherwise. */
export function newClaim(sequenceNumber: number, changes: Partial<Claim> = {}): Claim {
  return {
    key: { source: "/erp/sap/../$metadata?'x'", id: randomUUID() },
    author,
    sequenceNumber,
    index: 0,
    table: 'brz_event_erp_salesorder_created',
    payloadHash: 'v1:abc',
    ...changes,
  };
}

/** Claims of new events at consecutive positions. */
export function newClaims(count: number, first = 0): Claim[] {
  return Array.from({ length: count }, (_, place) => newClaim(first + place));
}

function rowOf({ author: by, sequenceNumber, index, table, payloadHash }: Claim) {
  return { author: by, sequenceNumber, index, table, payloadHash };
}

/** What every claim store must make true. */
export function claimStoreContract(name: string, open: () => Promise<ClaimStore>): void {
  describe(`ClaimStore contract: ${name}`, () => {
    it('gives a new key to its claimant and returns the rows in order', async () => {
      const store = await open();
      const claims = newClaims(250);
      expect(await store.claim(claims)).toEqual(claims.map(rowOf));
    });

    it('lets the first claim of a key stand against every later one', async () => {
      const store = await open();
      const [first, other] = [newClaim(1), newClaim(2)];
      await store.claim([first]);
      const copy = newClaim(7, { key: first.key, payloadHash: 'v1:other' });
      expect(await store.claim([other, copy])).toEqual([rowOf(other), rowOf(first)]);
    });

    it('takes a key that occurs twice in one call, for its first claim', async () => {
      const store = await open();
      const first = newClaim(1);
      const copy = newClaim(2, { key: first.key, payloadHash: 'v1:other' });
      const alien = newClaim(3);
      expect(await store.claim([first, copy, alien, copy])).toEqual(
        [first, first, alien, first].map(rowOf),
      );
    });

    it('finds its own claims again, whatever the borders of the calls', async () => {
      const store = await open();
      const claims = newClaims(120);
      await store.claim(claims.slice(0, 70));
      expect(await store.claim(claims.slice(40))).toEqual(claims.slice(40).map(rowOf));
      expect(await store.claim(claims)).toEqual(claims.map(rowOf));
    });

    it('claims what is new among many that are taken', async () => {
      const store = await open();
      const taken = newClaims(60);
      await store.claim(taken);
      const copies = taken.map(({ key }, place) => newClaim(100 + place, { key }));
      const fresh = newClaims(60, 200);
      const mixed = fresh.flatMap((claim, place) => [copies[place] ?? claim, claim]);
      const expected = fresh.flatMap((claim, place) => [taken[place] ?? claim, claim]);
      expect(await store.claim(mixed)).toEqual(expected.map(rowOf));
    });

    it('lets exactly one of many concurrent claimants of one key win', async () => {
      const store = await open();
      const { key } = newClaim(0);
      const rivals = Array.from({ length: 20 }, (_, place) => newClaim(place, { key }));
      const rows = await Promise.all(rivals.map((rival) => store.claim([newClaim(50), rival])));
      expect(new Set(rows.map((pair) => pair[1]?.sequenceNumber))).toHaveLength(1);
    });

    it('tells apart keys that only look alike', async () => {
      const store = await open();
      const run = randomUUID();
      const keys = [
        { source: 'a', id: 'bc' },
        { source: 'ab', id: 'c' },
        { source: '', id: 'abc' },
        { source: 'a', id: '\ud800' },
        { source: 'a', id: '\ud801' },
        { source: '__proto__', id: 'constructor' },
        { source: 'a/b\\c#d?e', id: '\0\u0007' },
      ].map(({ source, id }) => ({ source: run + source, id }));
      const claims = keys.map((key, place) => newClaim(place, { key }));
      expect(await store.claim(claims)).toEqual(claims.map(rowOf));
    });

    it('keeps the index of an item in its batch and large sequence numbers', async () => {
      const store = await open();
      const claim = newClaim(Number.MAX_SAFE_INTEGER, { index: 999 });
      await store.claim([claim]);
      expect(await store.claim([newClaim(0, { key: claim.key })])).toEqual([rowOf(claim)]);
    });

    it('claims nothing when asked for nothing', async () => {
      expect(await (await open()).claim([])).toEqual([]);
    });

    it('lets one of many take over a row, and the others find it', async () => {
      const store = await open();
      const dead = newClaim(1, { table: 'brz_event_dead_letter' });
      const [standing] = await store.claim([dead]);
      if (standing === undefined) throw new Error('no row');
      const replays = [7, 8, 9].map((at) =>
        newClaim(at, { key: dead.key, payloadHash: 'v1:fixed' }),
      );
      const rows = await Promise.all(replays.map((claim) => store.takeOver(claim, standing)));
      const [winner, ...others] = new Set(rows.map(({ sequenceNumber }) => sequenceNumber));
      expect(others).toEqual([]);
      expect(await store.claim(replays)).toEqual(rows);
      // A redelivery of the winner meets its own position.
      const again = replays.filter(({ sequenceNumber }) => sequenceNumber === winner);
      expect(await store.claim(again)).toEqual(again.map(rowOf));
    });

    it('takes over no row but the one that was judged', async () => {
      const store = await open();
      const landed = newClaim(1);
      await store.claim([landed]);
      const judged = rowOf(newClaim(5, { key: landed.key }));
      const row = await store.takeOver(newClaim(9, { key: landed.key }), judged);
      expect(row).toEqual(rowOf(landed));
    });
  });
}
