import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rule } from '../../../support/delta-checker/finding.ts';
import {
  addOf,
  makeGoodTable,
  rowsOf,
  type Files,
  type GoodTable,
} from '../../../support/good-table.ts';
import { commitBytes, commitPath } from '../../../support/hand-made-table.ts';

let table: GoodTable;

beforeAll(async () => {
  table = await makeGoodTable();
});

afterAll(() => table.maker.close());

describe('checkDeltaTable on faulty files', () => {
  const stats = (change: object): object => ({ stats: { numRecords: 4, ...change } });
  const cases: readonly (readonly [string, Rule, (files: Files) => unknown])[] = [
    [
      'a live file that is gone',
      'file.missing',
      (files) => files.delete('event_date=2026-05-01/ab.parquet'),
    ],
    [
      'another size',
      'file.size',
      (files) => {
        table.withLiveAdd(files, { size: 7 });
      },
    ],
    [
      'a column of another type',
      'file.schema',
      async (files) => {
        const file = await table.maker.parquet(
          `SELECT * REPLACE (sequence_number::VARCHAR AS sequence_number) FROM (${rowsOf(0, 3)})`,
        );
        table.withLiveAdd(files, { file });
      },
    ],
    [
      'a partition column inside the file',
      'file.schema',
      async (files) => {
        const file = await table.maker.parquet(
          `SELECT *, DATE '2026-05-01' AS event_date FROM (${rowsOf(0, 3)})`,
        );
        table.withLiveAdd(files, { file });
      },
    ],
    [
      'columns in another order',
      'file.schema',
      async (files) => {
        const file = await table.maker.parquet(
          `SELECT event_source, * EXCLUDE (event_source) FROM (${rowsOf(0, 3)})`,
        );
        table.withLiveAdd(files, { file });
      },
    ],
    [
      'another row count',
      'file.rows',
      (files) => {
        table.withLiveAdd(files, { stats: { numRecords: 5 } });
      },
    ],
    [
      'another null count',
      'file.nulls',
      (files) => {
        table.withLiveAdd(files, stats({ nullCount: { sequence_number: 0 } }));
      },
    ],
    [
      'statistics of an unknown column',
      'file.stats',
      (files) => {
        table.withLiveAdd(files, stats({ nullCount: { nothing: 0 } }));
      },
    ],
    [
      'a minimum that is too high',
      'file.bounds',
      (files) => {
        table.withLiveAdd(files, stats({ minValues: { event_id: 'e1' } }));
      },
    ],
    [
      'a maximum that is too low',
      'file.bounds',
      (files) => {
        table.withLiveAdd(files, stats({ maxValues: { event_time: '2026-05-01T00:00:02.999Z' } }));
      },
    ],
    [
      'a minimum of a column without values',
      'file.bounds',
      async (files) => {
        const file = await table.maker.parquet(
          `SELECT * REPLACE (NULL::BIGINT AS sequence_number) FROM (${rowsOf(0, 3)})`,
        );
        table.withLiveAdd(files, { file, ...stats({ minValues: { sequence_number: 0 } }) });
      },
    ],
    [
      'a row of another day',
      'file.partition',
      async (files) => {
        const file = await table.maker.parquet(
          `SELECT * REPLACE (event_time - INTERVAL 1 DAY AS event_time) FROM (${rowsOf(0, 3)})`,
        );
        table.withLiveAdd(files, { file });
      },
    ],
    [
      'a folder that contradicts the log',
      'file.partition',
      (files) => {
        table.withLiveAdd(files, { date: '2026-05-02' });
      },
    ],
    [
      'a row that is there twice',
      'rows.duplicate',
      (files) => {
        const again = addOf('again.parquet', table.fileA);
        files.set('event_date=2026-05-01/again.parquet', table.fileA);
        files.set(commitPath(4), commitBytes(again));
      },
    ],
    [
      'a compaction that loses a row by its statistics',
      'compaction.rows',
      async (files) => {
        const file = await table.maker.parquet(rowsOf(0, 2));
        table.withLiveAdd(files, { file, stats: { numRecords: 3 } });
      },
    ],
    [
      'a compaction that alters a row',
      'compaction.rows',
      async (files) => {
        const file = await table.maker.parquet(
          `SELECT * REPLACE ('/mes' AS event_source) FROM (${rowsOf(0, 3)})`,
        );
        table.withLiveAdd(files, { file });
      },
    ],
  ];
  it.each(cases)('reports %s', async (_what, rule, change) => {
    expect(await table.rulesBrokenBy(change)).toContain(rule);
  });
});
