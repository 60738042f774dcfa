import { describe, expect, it } from 'vitest';
import {
  createBronzeHouse,
  eagerUpkeep,
  hour,
  idsIn,
} from '../../../support/bronze/bronze-house.ts';
import { crashAt } from '../../../support/bronze/crashing-object-store.ts';
import { findText } from '../../../support/bronze/scan-store.ts';
import {
  alice,
  appendSecrets,
  erasureOf,
  odd,
  secretOf,
  table,
} from '../../../support/bronze/secret-rows.ts';

describe('a crash of an erasure', () => {
  it('at any change of the store leaves a sound table, and the next run leaves no text', async () => {
    let crashes = 0;
    for (let nth = 1, isOver = false; !isOver; nth += 1) {
      for (const isMade of [false, true]) {
        const house = createBronzeHouse();
        const tables = house.open(eagerUpkeep);
        await appendSecrets(tables, 0, 7);
        await tables.compact(table, house.store.now());
        const dying = house.open(eagerUpkeep, crashAt(house.store, nth, isMade));
        const run = async () => {
          await dying.erase(erasureOf(0, 1, 2));
          await dying.sweep(table, odd);
        };
        isOver = await run().then(
          () => true,
          () => false,
        );
        if (!isOver) crashes += 1;
        expect(await idsIn(tables, house.store, table)).toHaveLength(8);
        // What it uploaded last may stay for as long as it could still be committed.
        house.store.pass(2 * hour);
        const next = house.open(eagerUpkeep);
        expect((await next.erase(erasureOf(0, 1, 2))).erased.size).toBe(3);
        await next.sweep(table, odd);
        const objects = [...house.store.objects].map(([name, { bytes }]) => ({ name, bytes }));
        for (const number of [0, 1, 2]) {
          expect(await findText(objects, secretOf(number))).toEqual([]);
        }
        expect(await idsIn(next, house.store, table)).toHaveLength(8);
        expect(await next.watermark(table, alice)).toBe(7);
      }
    }
    // Two files, one commit, two deletions, and eight files that compaction had replaced.
    expect(crashes).toBe(2 * 13);
  });
});
