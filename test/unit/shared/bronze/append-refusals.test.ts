import { describe, expect, it } from 'vitest';
import type { TableSchema } from '../../../../shared/ports/delta.ts';
import {
  createBronzeHouse,
  idsIn,
  readCommitLines,
  writeForeignCommit,
} from '../../../support/bronze/bronze-house.ts';
import { createHeldObjectStore } from '../../../support/bronze/held-object-store.ts';
import {
  authorNamed,
  rowId,
  sampleAppend,
  sampleRow,
  sampleSchema,
} from '../../../support/bronze/sample-appends.ts';

const table = 'brz_event_erp_order_created';
const alice = authorNamed('0');
const ids = (author: typeof alice, first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => rowId(author, first + index));

describe('what an append must not do', () => {
  it.each([
    ['a text in a number column', { values: { retry_count: 'three' } }, /retry_count cannot hold/],
    ['an integer beyond 32 bits', { values: { retry_count: 2 ** 31 } }, /retry_count cannot hold/],
    ['a long beyond 64 bits', { values: { sequence_number: 2n ** 63n } }, /cannot hold/],
    ['a value without a column', { values: { __proto__x: 'a' } }, /has no column/],
    ['a path as partition date', { partitionDate: '../../2026-11-20' }, /is no date/],
    ['a date that no calendar has', { partitionDate: '2026-02-30' }, /is no date/],
  ])('is refused for %s, and the table is not touched', async (_, change, reason) => {
    const house = createBronzeHouse();
    const append = sampleAppend(table, alice, { first: 0, last: 1 });
    const rows = [...append.rows, { ...sampleRow(alice, 1), ...change }];
    await expect(house.open().append({ ...append, rows })).rejects.toMatchObject({
      code: 'delta.schema_mismatch',
      message: expect.stringMatching(reason) as string,
    });
    expect(house.takeRequests()).toEqual([]);
  });

  it('is refused for rows that do not ascend, or pass their own watermark', async () => {
    const tables = createBronzeHouse().open();
    const rows = [sampleRow(alice, 3), sampleRow(alice, 2)];
    const append = { table, schema: sampleSchema, author: alice, through: 5 };
    await expect(tables.append({ ...append, rows })).rejects.toThrow(/not ascending/);
    const beyond = { ...append, rows: [sampleRow(alice, 6)] };
    await expect(tables.append(beyond)).rejects.toThrow(/above 5/);
  });

  it.each(['../other', 'A', '', 'a/b', 'a b', '_delta_log/..', '__proto__ '])(
    'is refused for a table named "%s"',
    async (name) => {
      const house = createBronzeHouse();
      const append = sampleAppend(name, alice, { first: 0, last: 0 });
      await expect(house.open().append(append)).rejects.toMatchObject({ code: 'bug' });
      await expect(house.open().watermark(name, alice)).rejects.toMatchObject({ code: 'bug' });
      expect(house.takeRequests()).toEqual([]);
    },
  );
});

describe('a table that others have changed', () => {
  const protocols = [
    [
      {
        minReaderVersion: 3,
        minWriterVersion: 7,
        readerFeatures: ['deletionVectors'],
        writerFeatures: ['deletionVectors', 'appendOnly'],
      },
      'deletionVectors',
    ],
    [{ minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['rowTracking'] }, 'rowTracking'],
    [{ minReaderVersion: 1, minWriterVersion: 4 }, 'writer version 4'],
    [{ minReaderVersion: 2, minWriterVersion: 5 }, 'reader version 2'],
  ] as const;

  it.each(protocols)(
    'is refused from the next look on when it needs more: %j',
    async (protocol, name) => {
      const house = createBronzeHouse();
      const tables = house.open();
      await tables.append(sampleAppend(table, alice, { first: 0, last: 0 }));
      await writeForeignCommit(house.store, { table, version: 1 }, [{ protocol }]);
      const attempt = tables.append(sampleAppend(table, alice, { first: 1, last: 1 }));
      await expect(attempt).rejects.toMatchObject({
        code: 'delta.unsupported_protocol',
        kind: 'permanent',
        message: expect.stringMatching(new RegExp(`${table}.*${name}.*DROP FEATURE`)) as string,
      });
      expect(house.store.objects.has(`Tables/${table}/_delta_log/00000000000000000002.json`)).toBe(
        false,
      );
    },
  );

  it('is refused after a lost race when the winner upgraded it', async () => {
    const house = createBronzeHouse();
    const view = createHeldObjectStore(house.store);
    const tables = house.open({}, view);
    await tables.append(sampleAppend(table, alice, { first: 0, last: 0 }));
    const held = view.holdNext(/^create/);
    const waiting = tables.append(sampleAppend(table, alice, { first: 1, last: 1 }));
    await held.reached;
    const [protocol] = protocols[0];
    await writeForeignCommit(house.store, { table, version: 1 }, [{ protocol }]);
    held.release();
    await expect(waiting).rejects.toMatchObject({ code: 'delta.unsupported_protocol' });
  });

  it('is written on when it lists only features that our writer version stands for', async () => {
    const house = createBronzeHouse();
    const tables = house.open();
    await tables.append(sampleAppend(table, alice, { first: 0, last: 0 }));
    const protocol = {
      minReaderVersion: 1,
      minWriterVersion: 7,
      writerFeatures: ['appendOnly', 'invariants'],
    };
    await writeForeignCommit(house.store, { table, version: 1 }, [{ protocol }]);
    await tables.append(sampleAppend(table, alice, { first: 1, last: 1 }));
    expect(await idsIn(tables, house.store, table)).toEqual(ids(alice, 0, 1));
  });

  it('gets the columns that a newer schema adds, before the partition column', async () => {
    const house = createBronzeHouse();
    const tables = house.open();
    await tables.append(sampleAppend(table, alice, { first: 0, last: 0 }));
    const schema: TableSchema = {
      ...sampleSchema,
      columns: [
        { name: 'event_id', type: 'string' },
        { name: 'trace', type: 'string' },
      ],
    };
    const values = { event_id: 'new', trace: '00-1' };
    const rows = [{ sequenceNumber: 1, partitionDate: '2026-11-20', values }];
    await tables.append({ table, author: alice, through: 1, schema, rows });
    await tables.append(sampleAppend(table, alice, { first: 2, last: 2 }));
    const snapshot = await tables.snapshot(table);
    expect(snapshot?.columns.map(({ name }) => name)).toEqual([
      ...sampleSchema.columns.map(({ name }) => name),
      'trace',
    ]);
    const metaData = (await readCommitLines(house.store, table, 1)).find(
      (line) => 'metaData' in line,
    );
    expect(metaData?.['metaData']?.['schemaString']).toMatch(/"trace".*"event_date"/);
    expect(snapshot?.rows).toBe(3);
  });

  it('is refused when its log is broken, by the name of the file', async () => {
    const house = createBronzeHouse();
    const tables = house.open();
    await tables.append(sampleAppend(table, alice, { first: 0, last: 0 }));
    const name = `Tables/${table}/_delta_log/00000000000000000001.json`;
    await house.store.put(name, Buffer.from('{"txn":{"appId":"x","version":"seven"}}'));
    const attempt = tables.append(sampleAppend(table, alice, { first: 1, last: 1 }));
    await expect(attempt).rejects.toMatchObject({
      code: 'delta.corrupt_log',
      details: { name: '_delta_log/00000000000000000001.json' },
    });
  });
});
