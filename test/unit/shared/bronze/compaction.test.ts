import { describe, expect, it } from 'vitest';
import type { OpenDeltaTables } from '../../../../shared/bronze/index.ts';
import {
  createBronzeHouse,
  eagerUpkeep,
  idsIn,
  readCommitLines,
  writeForeignCommit,
  type BronzeHouse,
} from '../../../support/bronze/bronze-house.ts';
import { createHeldObjectStore } from '../../../support/bronze/held-object-store.ts';
import { readRows } from '../../../support/bronze/read-table.ts';
import {
  authorNamed,
  rowId,
  sampleAppend,
  sampleRow,
  sampleSchema,
} from '../../../support/bronze/sample-appends.ts';

const table = 'brz_event_erp_order_created';
const alice = authorNamed('0');
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

describe('compaction', () => {
  it('merges the small files of each partition in one commit that changes no row', async () => {
    const house = createBronzeHouse();
    const tables = house.open(eagerUpkeep);
    await appendMany(tables, 9);
    const report = await tables.compact(table, house.store.now());
    expect(report).toEqual({ filesRemoved: 9, filesAdded: 2, conflicts: 0 });
    const lines = await readCommitLines(house.store, table, 9);
    const changes = lines
      .flatMap(({ add, remove }) => [add, remove])
      .filter((one) => one !== undefined);
    expect(changes).toHaveLength(11);
    expect(changes.every((change) => change['dataChange'] === false)).toBe(true);
    expect(await idsIn(tables, house.store, table)).toEqual(ids(alice, 8));
    expect(await tables.watermark(table, alice)).toBe(8);
  });

  it('changes no value: microseconds, byte order marks, odd text and nulls', async () => {
    const house = createBronzeHouse();
    const tables = house.open(eagerUpkeep);
    const values = [
      { event_id: '\ufeffmark', event_time: -1n, data: '{"a":1.0e+2}' },
      { event_id: '', event_time: 1_763_700_000_123_457n, data: '\u0000' },
      { event_id: null, event_time: null, data: '\u{1f600}\u{10ffff}' },
      { event_id: 'z'.repeat(400), event_time: -62_135_596_800_000_001n, data: null },
    ];
    for (const [index, change] of values.entries()) {
      const rows = [{ ...sampleRow(alice, index, change), partitionDate: '2026-11-20' }];
      await tables.append({ table, schema: sampleSchema, author: alice, through: index, rows });
    }
    const readBack = async () => {
      const snapshot = await tables.snapshot(table);
      const bytes = await Promise.all(
        (snapshot?.files ?? []).map((file) => readRows(house.store, [file], { isRaw: true })),
      );
      return bytes.flat();
    };
    const before = await readBack();
    await tables.compact(table, house.store.now());
    expect((await tables.snapshot(table))?.files).toHaveLength(1);
    expect(await readBack()).toEqual(before);
    expect(before.map((row) => row['event_time'])).toEqual(
      values.map(({ event_time }) => event_time),
    );
  });

  it('fills the columns that older files lack with null', async () => {
    const house = createBronzeHouse();
    const tables = house.open(eagerUpkeep);
    await appendMany(tables, 1);
    const schema = { ...sampleSchema, columns: [{ name: 'trace', type: 'string' }] } as const;
    const rows = [{ sequenceNumber: 2, partitionDate: '2026-11-20', values: { trace: 't' } }];
    await tables.append({ table, schema, author: alice, through: 2, rows });
    await tables.compact(table, house.store.now());
    const snapshot = await tables.snapshot(table);
    expect(snapshot?.files).toHaveLength(1);
    const merged = await readRows(house.store, snapshot?.files ?? []);
    expect(merged.map((row) => [row['event_id'], row['trace']])).toEqual([
      [rowId(alice, 0), null],
      [null, 't'],
    ]);
  });

  it('goes through beside a writer that appends meanwhile', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const [writer, keeper] = [house.open(eagerUpkeep), house.open(eagerUpkeep, view)];
    await appendMany(writer, 6);
    const held = view.holdNext(/^create/);
    const compacting = keeper.compact(table, house.store.now());
    await held.reached;
    await appendMany(writer, 3);
    held.release();
    expect(await compacting).toEqual({ filesRemoved: 6, filesAdded: 2, conflicts: 0 });
    expect(await idsIn(writer, house.store, table)).toEqual(ids(alice, 8));
  });

  it('gives up the merges whose inputs another compaction took, and keeps every row once', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const [fast, slow] = [house.open(eagerUpkeep), house.open(eagerUpkeep, view)];
    await appendMany(fast, 6);
    const held = view.holdNext(/^create/);
    const compacting = slow.compact(table, house.store.now());
    await held.reached;
    await fast.compact(table, house.store.now());
    held.release();
    expect(await compacting).toEqual({ filesRemoved: 0, filesAdded: 0, conflicts: 2 });
    expect(await idsIn(fast, house.store, table)).toEqual(ids(alice, 5));
  });

  it('gives up when the table changes its columns under it', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const [writer, keeper] = [house.open(eagerUpkeep), house.open(eagerUpkeep, view)];
    await appendMany(writer, 4);
    const held = view.holdNext(/^create/);
    const compacting = keeper.compact(table, house.store.now());
    await held.reached;
    const schema = { ...sampleSchema, columns: [{ name: 'trace', type: 'string' }] } as const;
    const rows = [{ sequenceNumber: 4, partitionDate: '2026-11-20', values: {} }];
    await writer.append({ table, schema, author: alice, through: 4, rows });
    held.release();
    expect((await compacting).conflicts).toBe(2);
  });

  it('leaves alone what is few, large, of another engine, or cannot be read exactly', async () => {
    const house = createBronzeHouse();
    const tables = house.open({
      ...eagerUpkeep,
      compaction: { smallBytes: 950, targetBytes: 10_000, maxRows: 100, minFiles: 3 },
    });
    await appendMany(tables, 2);
    expect((await tables.compact(table, house.store.now())).filesAdded).toBe(0);
    const [name] = dataFiles(house);
    const stats = '{"numRecords":5}';
    const values = { event_date: '2026-11-20' };
    const foreign = [
      'abfss://other/x.parquet',
      '../x.parquet',
      'event_date=2026-11-20/gone.parquet',
    ];
    await writeForeignCommit(house.store, { table, version: 2 }, [
      ...foreign.map((path) => ({
        add: {
          path,
          partitionValues: values,
          size: 9,
          modificationTime: 1,
          dataChange: true,
          stats,
        },
      })),
      // States more rows than it has.
      {
        add: {
          path: (name ?? '').replace(`Tables/${table}/`, ''),
          partitionValues: values,
          size: 900,
          modificationTime: 1,
          dataChange: true,
          stats,
        },
      },
    ]);
    const options = {
      ...eagerUpkeep.compaction,
      smallBytes: 1_000_000,
      targetBytes: 1e7,
      maxRows: 100,
      minFiles: 2,
    };
    const keeper = house.open({ ...eagerUpkeep, compaction: options });
    expect((await keeper.compact(table, house.store.now())).filesAdded).toBe(0);
    expect(house.warnings).toContain('A file is left out of compaction');
  });
});
