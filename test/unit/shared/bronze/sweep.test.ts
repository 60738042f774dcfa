import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  createBronzeHouse,
  eagerUpkeep,
  hour,
  idsIn,
} from '../../../support/bronze/bronze-house.ts';
import { createHeldObjectStore } from '../../../support/bronze/held-object-store.ts';
import { authorNamed, sampleAppend } from '../../../support/bronze/sample-appends.ts';
import { appendSecrets, even, odd, table } from '../../../support/bronze/secret-rows.ts';

describe('a sweep', () => {
  it('leaves what is live, young and named by nobody, newer than its range, or not ours', async () => {
    const house = createBronzeHouse();
    const tables = house.open(eagerUpkeep);
    await appendSecrets(tables, 0, 3);
    await tables.compact(table, house.store.now());
    const root = `Tables/${table}`;
    const orphan = () => `${root}/event_date=${even}/part-${randomUUID()}.parquet`;
    await house.store.put(orphan(), Buffer.from('old'));
    house.store.pass(2 * hour);
    const kept = [
      orphan(),
      `${root}/event_date=${even}/_hidden.parquet`,
      `${root}/event_date=${even}/notes.txt`,
      `${root}/event_date=${odd}/part-${randomUUID()}.parquet`,
      `${root}/other/part-${randomUUID()}.parquet`,
    ];
    for (const name of kept) await house.store.put(name, Buffer.from('kept'));
    // Two files of the even day that were merged, and the old orphan.
    expect(await tables.sweep(table, even)).toBe(3);
    expect([...house.store.objects.keys()]).toEqual(expect.arrayContaining(kept));
    expect(await idsIn(tables, house.store, table)).toHaveLength(4);
    expect(await tables.sweep('brz_event_none', even)).toBe(0);
  });

  it('takes nothing of an append or a compaction that is under way', async () => {
    const house = createBronzeHouse();
    const tables = house.open(eagerUpkeep);
    await appendSecrets(tables, 0, 3);
    const view = createHeldObjectStore(house.store);
    const other = house.open(eagerUpkeep, view);
    const holds = [view.holdNext(/^create/), view.holdNext(/^create/)];
    const compacting = other.compact(table, house.store.now());
    await holds[0]?.reached;
    const appending = other.append(sampleAppend(table, authorNamed('1'), { first: 0, last: 0 }));
    await holds[1]?.reached;
    expect(await tables.sweep(table, odd)).toBe(0);
    for (const { release } of holds) release();
    await Promise.all([compacting, appending]);
    expect(await idsIn(tables, house.store, table)).toHaveLength(5);
  });
});
