import { beforeEach, describe, expect, it } from 'vitest';
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
import { findText } from '../../../support/bronze/scan-store.ts';
import { rowId, sampleRow, sampleSchema } from '../../../support/bronze/sample-appends.ts';
import {
  alice,
  appendSecrets,
  erasureOf,
  even,
  odd,
  secretOf,
  table,
} from '../../../support/bronze/secret-rows.ts';
import { checkDeltaTable } from '../../../support/delta-checker/check-table.ts';
import { memoryTableFiles } from '../../../support/delta-checker/table-files.ts';

describe('an erasure', () => {
  let house: BronzeHouse;
  let tables: OpenDeltaTables;
  beforeEach(() => {
    house = createBronzeHouse();
    tables = house.open(eagerUpkeep);
  });

  const objects = () => [...house.store.objects].map(([name, { bytes }]) => ({ name, bytes }));
  const filesWith = (number: number) => findText(objects(), secretOf(number));
  const texts = async () => {
    const rows = await readRows(house.store, (await tables.snapshot(table))?.files ?? []);
    return new Map(rows.map((row) => [row['event_id'], row['data']]));
  };
  const expectSound = async (rows: number) => {
    const root = `Tables/${table}/`;
    const files = objects().map(({ name, bytes }) => [name.slice(root.length), bytes] as const);
    const checked = await checkDeltaTable(memoryTableFiles(new Map(files)), {
      uniqueBy: ['event_id'],
      nowMs: house.store.now(),
    });
    expect(checked.findings).toEqual([]);
    expect(checked.rowCount).toBe(rows);
    expect(checked.txns).toEqual(new Map([[alice, rows - 1]]));
  };

  it('leaves the rows and takes their texts out of every file of the store', async () => {
    await appendSecrets(tables, 0, 5);
    await tables.compact(table, house.store.now());
    await appendSecrets(tables, 6, 7);
    // Of the file that was appended, and of the one that it was merged into.
    expect(await filesWith(2)).toHaveLength(2);
    const report = await tables.erase(erasureOf(2, 3, 6));
    expect(report).toEqual({
      erased: new Set([2, 3, 6].map((number) => rowId(alice, number))),
      unreadable: new Set(),
      filesRewritten: 3,
    });
    await tables.sweep(table, odd);
    for (const number of [2, 3, 6]) expect(await filesWith(number)).toEqual([]);
    for (const number of [0, 1, 4, 5, 7]) expect(await filesWith(number)).toHaveLength(1);
    expect((await texts()).get(rowId(alice, 2))).toBe('');
    expect((await texts()).get(rowId(alice, 4))).toBe(`{"a":"${secretOf(4)}"}`);
    await expectSound(8);
  });

  it('changes no other value of any row', async () => {
    await appendSecrets(tables, 0, 7);
    await tables.compact(table, house.store.now());
    const read = async () => {
      const snapshot = await tables.snapshot(table);
      const rows = await readRows(house.store, snapshot?.files ?? [], { isRaw: true });
      return rows.map(({ data, ...others }) => [data === null ? null : 'text', others]);
    };
    const before = await read();
    await tables.erase(erasureOf(0, 1, 2, 3));
    expect(await read()).toEqual(before);
  });

  it('is one commit that says what it does, and touches no watermark', async () => {
    await appendSecrets(tables, 0, 3);
    await tables.erase(erasureOf(0, 1));
    const lines = await readCommitLines(house.store, table, 4);
    const [info] = lines.flatMap(({ commitInfo }) => commitInfo ?? []);
    expect(info).toMatchObject({ operation: 'UPDATE', isBlindAppend: false });
    expect(lines.flatMap(({ txn }) => txn ?? [])).toEqual([]);
    const changes = lines.flatMap(({ add, remove }) => [add, remove]);
    const isChange = changes.flatMap((change) => change?.['dataChange'] ?? []);
    expect(isChange).toEqual([true, true, true, true]);
    expect(await tables.watermark(table, alice)).toBe(3);
  });

  it('writes nothing when it is repeated', async () => {
    await appendSecrets(tables, 0, 3);
    const first = await tables.erase(erasureOf(0, 1));
    const { version } = (await tables.snapshot(table)) ?? {};
    house.takeRequests();
    const second = await tables.erase(erasureOf(0, 1));
    expect(second).toEqual({ ...first, filesRewritten: 0 });
    expect(house.takeRequests().filter((request) => !request.startsWith('get'))).toEqual([]);
    expect((await tables.snapshot(table))?.version).toBe(version);
  });

  it('knows what is not there: a row of another partition, without a text, or of no table', async () => {
    expect((await tables.erase(erasureOf(0))).erased).toEqual(new Set());
    const rows = [sampleRow(alice, 0, { data: null }), sampleRow(alice, 1)];
    await tables.append({ table, schema: sampleSchema, author: alice, through: 1, rows });
    const wrongDay = new Map([[even, new Set([rowId(alice, 1)])]]);
    for (const erasure of [erasureOf(0), erasureOf(7), { ...erasureOf(), keys: wrongDay }]) {
      expect(await tables.erase(erasure)).toMatchObject({ erased: new Set(), filesRewritten: 0 });
    }
  });

  it('goes through beside a writer that appends meanwhile', async () => {
    await appendSecrets(tables, 0, 3);
    const view = createHeldObjectStore(house.store);
    const held = view.holdNext(/^create/);
    const erasing = house.open(eagerUpkeep, view).erase(erasureOf(0, 2));
    await held.reached;
    await appendSecrets(tables, 4, 5);
    held.release();
    expect((await erasing).filesRewritten).toBe(2);
    expect(await filesWith(0)).toEqual([]);
    await expectSound(6);
  });

  it('begins anew with the files that a compaction put in the place of its own', async () => {
    await appendSecrets(tables, 0, 5);
    const view = createHeldObjectStore(house.store);
    const held = view.holdNext(/^create/);
    const erasing = house.open(eagerUpkeep, view).erase(erasureOf(0, 1));
    await held.reached;
    await tables.compact(table, house.store.now());
    held.release();
    const { erased } = await erasing;
    expect(erased.size).toBe(2);
    await tables.sweep(table, odd);
    expect([await filesWith(0), await filesWith(1)]).toEqual([[], []]);
    // One live file for each day, and nothing of the attempt that was given up.
    expect(objects().filter(({ name }) => name.includes('/event_date='))).toHaveLength(2);
    await expectSound(6);
  });

  it('makes a compaction give up that has read what is erased, and leave nothing of it', async () => {
    await appendSecrets(tables, 0, 5);
    const view = createHeldObjectStore(house.store);
    const held = view.holdNext(/^create/);
    const compacting = house.open(eagerUpkeep, view).compact(table, house.store.now());
    await held.reached;
    expect(await filesWith(0)).toHaveLength(2);
    await tables.erase(erasureOf(0, 1));
    held.release();
    expect((await compacting).conflicts).toBe(2);
    expect(await filesWith(0)).toEqual([]);
    await expectSound(6);
  });

  it('goes on with the columns that the table got meanwhile', async () => {
    await appendSecrets(tables, 0, 3);
    const view = createHeldObjectStore(house.store);
    const held = view.holdNext(/^create/);
    const erasing = house.open(eagerUpkeep, view).erase(erasureOf(0));
    await held.reached;
    const schema = { ...sampleSchema, columns: [...sampleSchema.columns, trace] };
    const rows = [sampleRow(alice, 4, { trace: 't' })];
    await tables.append({ table, schema, author: alice, through: 4, rows });
    held.release();
    expect((await erasing).erased.size).toBe(1);
    expect(await filesWith(0)).toEqual([]);
    await expectSound(5);
  });
  const trace = { name: 'trace', type: 'string' } as const;

  it('deletes no file before the version without it is there', async () => {
    await appendSecrets(tables, 0, 1);
    const view = createHeldObjectStore(house.store);
    const held = view.holdNext(/^delete/);
    const erasing = house.open(eagerUpkeep, view).erase(erasureOf(0));
    await held.reached;
    // A reader of either version finds all of its files.
    for (const version of [1, 2]) {
      const snapshot = await tables.snapshot(table, version);
      expect(await readRows(house.store, snapshot?.files ?? [])).toHaveLength(2);
    }
    held.release();
    await erasing;
    expect(await idsIn(tables, house.store, table)).toHaveLength(2);
  });

  it('says which rows may be in a file that cannot be written anew', async () => {
    await appendSecrets(tables, 0, 2);
    const strange = { ...sampleSchema, columns: [...sampleSchema.columns, trace] };
    const other = createBronzeHouse();
    const rows = [sampleRow(alice, 4, { trace: 'unknown here' })];
    await other.open().append({ table, schema: strange, author: alice, through: 4, rows });
    const [file] = (await other.open().snapshot(table))?.files ?? [];
    const bytes = other.store.objects.get(file?.name ?? '')?.bytes ?? new Uint8Array();
    await house.store.put(`Tables/${table}/event_date=${even}/foreign.parquet`, bytes);
    const add = {
      path: `event_date=${even}/foreign.parquet`,
      partitionValues: { event_date: even },
      ...{ size: bytes.length, modificationTime: 1, dataChange: true, stats: '{"numRecords":1}' },
    };
    await writeForeignCommit(house.store, { table, version: 3 }, [{ add }]);
    const report = await tables.erase(erasureOf(0, 1, 4));
    expect(report.erased).toEqual(new Set([rowId(alice, 1)]));
    expect(report.unreadable).toEqual(new Set([rowId(alice, 0), rowId(alice, 4)]));
  });

  it('refuses a table whose rows must not change, and a column that is no text', async () => {
    await appendSecrets(tables, 0, 0);
    const number = { ...erasureOf(0), column: 'sequence_number' };
    await expect(tables.erase(number)).rejects.toMatchObject({ code: 'delta.schema_mismatch' });
    const lines = await readCommitLines(house.store, table, 0);
    const created = lines.find(({ metaData }) => metaData !== undefined)?.['metaData'];
    const configuration = { 'delta.appendOnly': 'true' };
    await writeForeignCommit(house.store, { table, version: 1 }, [
      { metaData: { ...created, configuration } },
    ]);
    await expect(tables.erase(erasureOf(0))).rejects.toMatchObject({
      code: 'delta.unsupported_protocol',
    });
  });
});
