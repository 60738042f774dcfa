import { describe, expect, it } from 'vitest';
import type { TableSchema } from '../../../../shared/ports/delta.ts';
import { createBronzeHouse, idsIn, readCommitLines } from '../../../support/bronze/bronze-house.ts';
import { createHeldObjectStore } from '../../../support/bronze/held-object-store.ts';
import {
  authorNamed,
  rowId,
  sampleAppend,
  sampleSchema,
} from '../../../support/bronze/sample-appends.ts';

const table = 'brz_event_erp_order_created';
const [alice, bob] = [authorNamed('0'), authorNamed('1')];
const ids = (author: typeof alice, first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => rowId(author, first + index));

describe('append', () => {
  it('creates the table with its first rows, under the protocol that everybody reads', async () => {
    const house = createBronzeHouse();
    const tables = house.open();
    await tables.append(sampleAppend(table, alice, { first: 5, last: 8 }));

    const lines = await readCommitLines(house.store, table, 0);
    expect(lines.map((line) => Object.keys(line)[0])).toEqual([
      'commitInfo',
      'protocol',
      'metaData',
      'txn',
      'add',
      'add',
    ]);
    expect(lines[1]).toEqual({ protocol: { minReaderVersion: 1, minWriterVersion: 2 } });
    expect(lines[2]?.['metaData']?.['partitionColumns']).toEqual(['event_date']);
    expect(lines[3]?.['txn']).toMatchObject({ appId: alice, version: 8 });
    expect(await idsIn(tables, house.store, table)).toEqual(ids(alice, 5, 8));
    expect(await tables.watermark(table, alice)).toBe(8);
    expect(await tables.watermark(table, bob)).toBeUndefined();
  });

  it('sends one look, one file and one commit when the table is known', async () => {
    const house = createBronzeHouse();
    const tables = house.open();
    await tables.append(sampleAppend(table, alice, { first: 0, last: 0 }));
    house.takeRequests();
    await tables.append(sampleAppend(table, alice, { first: 2, last: 2 }));
    const log = `Tables/${table}/_delta_log/00000000000000000001.json`;
    expect(house.takeRequests()).toEqual([
      `get ${log}`,
      expect.stringMatching(/^put Tables\/.*\/event_date=2026-11-20\/part-.*\.zstd\.parquet$/),
      `create ${log}`,
    ]);
  });

  it('lands a redelivery with other borders without doubling a row', async () => {
    const house = createBronzeHouse();
    const tables = house.open();
    await tables.append(sampleAppend(table, alice, { first: 0, last: 4 }));
    await tables.append(sampleAppend(table, alice, { first: 3, last: 7 }));
    await tables.append(sampleAppend(table, alice, { first: 0, last: 9 }));
    expect(await idsIn(tables, house.store, table)).toEqual(ids(alice, 0, 9));
  });

  it('neither asks nor commits when every row has landed, whatever the watermark would become', async () => {
    const house = createBronzeHouse();
    const tables = house.open();
    await tables.append(sampleAppend(table, alice, { first: 0, last: 4 }));
    house.takeRequests();
    await tables.append(sampleAppend(table, alice, { first: 1, last: 3 }));
    await tables.append({ ...sampleAppend(table, alice, { first: 4, last: 4 }), through: 20 });
    await tables.append({ ...sampleAppend(table, bob, { first: 0, last: -1 }), through: 20 });
    expect(house.takeRequests()).toEqual([]);
  });

  it('asks a process that knows nothing yet, but does not commit what others have landed', async () => {
    const house = createBronzeHouse();
    await house.open().append(sampleAppend(table, alice, { first: 0, last: 4 }));
    house.takeRequests();
    await house.open().append(sampleAppend(table, alice, { first: 0, last: 4 }));
    expect(house.takeRequests().filter((request) => !request.startsWith('get'))).toEqual([]);
  });

  it('splits what waits into commits of a bounded number of rows', async () => {
    const house = createBronzeHouse();
    const tables = house.open({ maxRowsPerCommit: 10 });
    const batches = Array.from({ length: 6 }, (_, index) =>
      tables.append(sampleAppend(table, authorNamed(String(index)), { first: 0, last: 3 })),
    );
    await Promise.all(batches);
    expect(house.commits.map(({ appends, rows }) => [appends, rows])).toEqual([
      [2, 8],
      [2, 8],
      [2, 8],
    ]);
  });
});

describe('group commit', () => {
  it('joins appends that arrive while a commit is under way into the next one', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const tables = house.open({}, view);
    const held = view.holdNext(/^create/);
    const first = tables.append(sampleAppend(table, alice, { first: 0, last: 1 }));
    await held.reached;
    const others = Array.from({ length: 8 }, (_, index) =>
      tables.append(sampleAppend(table, authorNamed(`p${index}`), { first: 0, last: 1 })),
    );
    held.release();
    await Promise.all([first, ...others]);
    expect(house.commits.map(({ version, appends }) => [version, appends])).toEqual([
      [0, 1],
      [1, 8],
    ]);
  });

  it('counterexample 3: two owners with the same messages in one commit land them once', async () => {
    const house = createBronzeHouse();
    const tables = house.open();
    await Promise.all([
      tables.append(sampleAppend(table, alice, { first: 0, last: 3 })),
      tables.append(sampleAppend(table, alice, { first: 0, last: 3 })),
      tables.append(sampleAppend(table, alice, { first: 2, last: 6 })),
    ]);
    expect(house.commits).toEqual([{ table, version: 0, appends: 3, rows: 7, files: 2 }]);
    expect(await idsIn(tables, house.store, table)).toEqual(ids(alice, 0, 6));
  });

  it('refuses an append that contradicts the table alone, and lands the others', async () => {
    const house = createBronzeHouse();
    const tables = house.open();
    await tables.append(sampleAppend(table, bob, { first: 0, last: 0 }));
    const contrary: TableSchema = { ...sampleSchema, columns: [{ name: 'data', type: 'long' }] };
    const bad = { ...sampleAppend(table, alice, { first: 0, last: -1 }), schema: contrary };
    const rows = [{ sequenceNumber: 3, partitionDate: '2026-11-20', values: { data: 1n } }];
    const outcomes = await Promise.allSettled([
      tables.append(sampleAppend(table, bob, { first: 0, last: 2 })),
      tables.append({ ...bad, rows, through: 3 }),
      tables.append(sampleAppend(table, authorNamed('2'), { first: 0, last: 2 })),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({
      reason: {
        code: 'delta.schema_mismatch',
        kind: 'permanent',
        message: `Table ${table}: column data is "string" in the table, not long`,
      },
    });
    expect(await tables.watermark(table, alice)).toBeUndefined();
  });

  it('does not let a later append of the same author declare refused rows landed', async () => {
    const house = createBronzeHouse();
    const tables = house.open();
    await tables.append(sampleAppend(table, bob, { first: 0, last: 0 }));
    const contrary: TableSchema = { ...sampleSchema, columns: [{ name: 'data', type: 'long' }] };
    const rows = [{ sequenceNumber: 0, partitionDate: '2026-11-20', values: {} }];
    const outcomes = await Promise.allSettled([
      tables.append({ table, author: alice, through: 0, schema: contrary, rows }),
      tables.append(sampleAppend(table, alice, { first: 1, last: 2 })),
    ]);
    expect(outcomes).toMatchObject([
      { reason: { code: 'delta.schema_mismatch' } },
      { reason: { code: 'lake.unavailable', kind: 'transient' } },
    ]);
    expect(await tables.watermark(table, alice)).toBeUndefined();
  });
});

describe('a race for a version', () => {
  it('goes on behind the winner, with the files that it has', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const [slow, fast] = [house.open({}, view), house.open()];
    await slow.append(sampleAppend(table, alice, { first: 0, last: 0 }));
    const held = view.holdNext(/^create/);
    const waiting = slow.append(sampleAppend(table, alice, { first: 1, last: 3 }));
    await held.reached;
    await fast.append(sampleAppend(table, bob, { first: 0, last: 3 }));
    house.takeRequests();
    held.release();
    await waiting;
    expect(house.takeRequests().filter((request) => request.startsWith('put'))).toEqual([]);
    expect(house.conflicts).toEqual([{ table, version: 1 }]);
    const expected = [...ids(alice, 0, 3), ...ids(bob, 0, 3)].toSorted();
    expect(await idsIn(slow, house.store, table)).toEqual(expected);
  });

  it('drops rows again that the winner has landed meanwhile', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const [slow, fast] = [house.open({}, view), house.open()];
    await slow.append(sampleAppend(table, alice, { first: 0, last: 0 }));
    const held = view.holdNext(/^create/);
    const waiting = slow.append(sampleAppend(table, alice, { first: 1, last: 5 }));
    await held.reached;
    await fast.append(sampleAppend(table, alice, { first: 1, last: 3 }));
    held.release();
    await waiting;
    expect(await idsIn(slow, house.store, table)).toEqual(ids(alice, 0, 5));
  });

  it('lets racing creators of a table both land, and widens it by the columns of the loser', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const [slow, fast] = [house.open({}, view), house.open()];
    const held = view.holdNext(/^create/);
    const schema: TableSchema = {
      ...sampleSchema,
      columns: [...sampleSchema.columns, { name: 'offset', type: 'string' }],
    };
    const waiting = slow.append({ ...sampleAppend(table, alice, { first: 0, last: 1 }), schema });
    await held.reached;
    await fast.append(sampleAppend(table, bob, { first: 0, last: 1 }));
    held.release();
    await waiting;
    const lines = await readCommitLines(house.store, table, 1);
    expect(lines.some((line) => 'protocol' in line)).toBe(false);
    expect(lines.find((line) => 'metaData' in line)?.['metaData']?.['schemaString']).toContain(
      '"offset"',
    );
    expect((await slow.snapshot(table))?.rows).toBe(4);
  });
});

describe('an answer that gets lost', () => {
  it('recognises its own commit when the repeated request finds the version taken', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const tables = house.open({}, view);
    view.answerNext(/^create/, () => ({ created: false, at: house.store.now() }));
    await tables.append(sampleAppend(table, alice, { first: 0, last: 3 }));
    expect((await tables.snapshot(table))?.version).toBe(0);
    expect(house.conflicts).toEqual([]);
    expect(await idsIn(tables, house.store, table)).toEqual(ids(alice, 0, 3));
  });

  it('fails every append of the commit, and lands them once when they are repeated', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const tables = house.open({}, view);
    await tables.append(sampleAppend(table, alice, { first: 0, last: 0 }));
    const lost = new Error('connection reset');
    view.answerNext(/^create/, () => Promise.reject(lost));
    const batch = [
      sampleAppend(table, alice, { first: 1, last: 2 }),
      sampleAppend(table, bob, { first: 0, last: 2 }),
    ];
    const outcomes = await Promise.allSettled(batch.map((append) => tables.append(append)));
    expect(outcomes).toEqual([
      { status: 'rejected', reason: lost },
      { status: 'rejected', reason: lost },
    ]);
    await Promise.all(batch.map((append) => tables.append(append)));
    const expected = [...ids(alice, 0, 2), ...ids(bob, 0, 2)].toSorted();
    expect(await idsIn(tables, house.store, table)).toEqual(expected);
  });
});
