import { describe, expect, it } from 'vitest';
import { durationMs, epochMs } from '../../../../shared/kernel/time.ts';
import type { OpenDeltaTables } from '../../../../shared/bronze/index.ts';
import {
  createBronzeHouse,
  day,
  eagerUpkeep,
  hour,
  idsIn,
  readCommitLines,
  writeForeignCommit,
  type BronzeHouse,
} from '../../../support/bronze/bronze-house.ts';
import { createHeldObjectStore } from '../../../support/bronze/held-object-store.ts';
import { authorNamed, rowId, sampleAppend } from '../../../support/bronze/sample-appends.ts';

const table = 'brz_event_erp_order_created';
const [alice, bob] = [authorNamed('0'), authorNamed('1')];
const ids = (author: typeof alice, last: number): string[] =>
  Array.from({ length: last + 1 }, (_, index) => rowId(author, index)).toSorted();

async function appendMany(tables: OpenDeltaTables, count: number, author = alice): Promise<void> {
  const done = (await tables.watermark(table, author)) ?? -1;
  for (let index = 1; index <= count; index += 1) {
    await tables.append(sampleAppend(table, author, { first: done + index, last: done + index }));
  }
  await tables.idle();
}

const dataFiles = ({ store }: BronzeHouse): string[] =>
  [...store.objects.keys()].filter((name) => /event_date=.*\.parquet$/.test(name));

describe('clean-up of the log', () => {
  it('deletes what is before a retained checkpoint, and keeps that, its commit and all after', async () => {
    const house = createBronzeHouse();
    const tables = house.open({ ...eagerUpkeep, checkpointInterval: 4 });
    await appendMany(tables, 10);
    house.store.pass(2 * hour);
    await appendMany(tables, 3);
    const { logFilesDeleted } = await tables.cleanLog(table, house.store.now());
    const log = [...house.store.objects.keys()].filter((name) => name.includes('_delta_log'));
    const kept = log
      .map((name) =>
        name
          .split('/')
          .at(-1)
          ?.replace(/^0+(?=\d)/, ''),
      )
      .toSorted();
    expect(kept).toEqual(
      [
        '8.json',
        '8.checkpoint.parquet',
        '9.json',
        '10.json',
        '11.json',
        '12.json',
        '12.checkpoint.parquet',
        '_last_checkpoint',
      ].toSorted(),
    );
    expect(logFilesDeleted).toBe(9);
    expect(await idsIn(house.open(), house.store, table)).toEqual(ids(alice, 12));
  });

  it('deletes nothing that is young, and nothing without a checkpoint', async () => {
    const house = createBronzeHouse();
    const tables = house.open({ ...eagerUpkeep, checkpointInterval: 4 });
    await appendMany(tables, 9);
    expect((await tables.cleanLog(table, house.store.now())).logFilesDeleted).toBe(0);
    const other = createBronzeHouse();
    const without = other.open({ ...eagerUpkeep, checkpointInterval: 50 });
    await appendMany(without, 9);
    other.store.pass(3 * day);
    expect((await without.cleanLog(table, other.store.now())).logFilesDeleted).toBe(0);
  });

  it('writes the checkpoint that a crash has left out', async () => {
    const house = createBronzeHouse();
    await appendMany(house.open({ checkpointInterval: 50 }), 9);
    const keeper = house.open({ ...eagerUpkeep, checkpointInterval: 4 });
    expect(await keeper.cleanLog(table, house.store.now())).toEqual({
      checkpoint: 8,
      logFilesDeleted: 0,
    });
  });

  it.each([
    { 'delta.enableExpiredLogCleanup': 'false' },
    { 'delta.logRetentionDuration': 'interval 2 weeks' },
    { 'delta.logRetentionDuration': 'until further notice' },
  ])('respects the table property %j', async (configuration) => {
    const house = createBronzeHouse();
    const tables = house.open(eagerUpkeep);
    await appendMany(tables, 1);
    const metaData = (await readCommitLines(house.store, table, 0)).find(
      (line) => 'metaData' in line,
    );
    const changed = { metaData: { ...metaData?.['metaData'], configuration } };
    await writeForeignCommit(house.store, { table, version: 1 }, [changed]);
    await appendMany(tables, 8);
    house.store.pass(3 * day);
    expect((await tables.cleanLog(table, house.store.now())).logFilesDeleted).toBe(0);
  });

  it('does nothing for a table that does not exist', async () => {
    const tables = createBronzeHouse().open(eagerUpkeep);
    expect(await tables.maintain('brz_event_none', epochMs(0))).toEqual({
      filesRemoved: 0,
      filesAdded: 0,
      conflicts: 0,
      checkpoint: undefined,
      logFilesDeleted: 0,
      dataFilesDeleted: 0,
    });
  });
});

describe('vacuum', () => {
  it('deletes orphans and merged files after the retention, and nothing that a reader may need', async () => {
    const house = createBronzeHouse();
    const tables = house.open({ ...eagerUpkeep, fileRetention: durationMs(7 * day) });
    await appendMany(tables, 6);
    const root = `Tables/${table}/`;
    const spared = [
      '_hidden/x.parquet',
      '.part/x.parquet',
      'event_date=2026-11-20/_x.parquet',
      'notes.txt',
    ];
    for (const name of [...spared, 'event_date=2026-11-20/orphan.parquet']) {
      await house.store.put(root + name, Buffer.from('x'));
    }
    const before = dataFiles(house).length;
    house.store.pass(6 * day);
    await tables.compact(table, house.store.now());
    await house.store.put(`${root}event_date=2026-11-20/uploading.parquet`, Buffer.from('x'));
    expect((await tables.vacuum(table, house.store.now())).dataFilesDeleted).toBe(0);

    house.store.pass(2 * day);
    // The merged files were removed two days ago: readers of the version before may still need them.
    expect((await tables.vacuum(table, house.store.now())).dataFilesDeleted).toBe(1);
    expect(dataFiles(house)).toHaveLength(before - 1 + 2 + 1);

    house.store.pass(6 * day);
    expect((await tables.vacuum(table, house.store.now())).dataFilesDeleted).toBe(6 + 1);
    expect(spared.every((name) => house.store.objects.has(root + name))).toBe(true);
    expect(await idsIn(tables, house.store, table)).toEqual(ids(alice, 5));
  });

  it('spares a file that is committed between its look and its deletions', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const [writer, keeper] = [house.open(eagerUpkeep), house.open(eagerUpkeep, view)];
    await appendMany(writer, 2);
    house.store.pass(2 * hour);
    const held = view.holdNext(/^list .*order_created\/$/);
    const vacuuming = keeper.vacuum(table, house.store.now());
    await held.reached;
    await appendMany(writer, 2, bob);
    held.release();
    expect((await vacuuming).dataFilesDeleted).toBe(0);
    expect(await idsIn(writer, house.store, table)).toHaveLength(4);
  });
});
