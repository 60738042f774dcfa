import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rule } from '../../../support/delta-checker/finding.ts';
import {
  addOf,
  columns,
  makeGoodTable,
  removeOf,
  txnOf,
  type Files,
  type GoodTable,
} from '../../../support/good-table.ts';
import { commitBytes, commitPath } from '../../../support/hand-made-table.ts';

let table: GoodTable;

beforeAll(async () => {
  table = await makeGoodTable();
});

afterAll(() => table.maker.close());

const metaDataOf = (action: object): object => (action as { metaData: object }).metaData;

describe('checkDeltaTable on a table that keeps the rules', () => {
  it('finds nothing and reports version, files, rows and txns', async () => {
    const checked = await table.check(table.files);
    expect(checked).toEqual({
      findings: [],
      version: 3,
      fileCount: 1,
      rowCount: 4,
      txns: new Map([['ns/events/2026/cg/0', 3]]),
    });
  });

  it('accepts a log that was cleaned up to a checkpoint', async () => {
    const files = new Map(table.files);
    files.delete(commitPath(0));
    files.delete(commitPath(1));
    const checked = await table.check(files);
    expect([checked.findings, checked.rowCount]).toEqual([[], 4]);
  });

  it('accepts that vacuum has taken the replaced files', async () => {
    const files = new Map(table.files);
    files.delete('event_date=2026-05-01/a.parquet');
    files.delete('event_date=2026-05-01/b c.parquet');
    expect((await table.check(files)).findings).toEqual([]);
  });
});

describe('checkDeltaTable on a faulty log', () => {
  const commit =
    (version: number, ...actions: object[]) =>
    (files: Files): void => {
      files.set(commitPath(version), commitBytes(...actions));
    };
  const cases: readonly (readonly [string, Rule, (files: Files) => void])[] = [
    ['a missing version', 'log.gap', (files) => files.delete(commitPath(1))],
    [
      'a log that begins late without a checkpoint',
      'log.gap',
      (files) => {
        for (const version of [0, 1, 2]) files.delete(commitPath(version));
      },
    ],
    [
      'two actions in one line',
      'log.line',
      (files) => files.set(commitPath(4), commitBytes({ commitInfo: {}, ...txnOf(9) })),
    ],
    [
      'a line that is no JSON',
      'log.line',
      (files) => files.set(commitPath(4), new TextEncoder().encode('{"commitInfo":{}}\n\n')),
    ],
    ['two txn of one app', 'log.duplicate', commit(4, txnOf(4), txnOf(5))],
    ['a version 0 without protocol', 'log.first-commit', commit(0, columns)],
    [
      'a protocol above ours',
      'log.protocol',
      commit(4, { protocol: { minReaderVersion: 3, minWriterVersion: 7 } }),
    ],
    [
      'a partition column outside the schema',
      'log.metadata',
      commit(4, { metaData: { ...metaDataOf(columns), partitionColumns: ['nowhere'] } }),
    ],
    [
      'an add with a bare space in its path and no stats',
      'add.fields',
      commit(4, { add: { ...addOf('x y.parquet', new Uint8Array(1)).add, stats: null } }),
    ],
    [
      'a file name used again',
      'add.again',
      (files) => files.set(commitPath(4), commitBytes(addOf('a.parquet', table.fileA))),
    ],
    [
      'a remove without time',
      'remove.fields',
      commit(4, { remove: { path: 'event_date=2026-05-01/ab.parquet', dataChange: true } }),
    ],
    ['a remove before its add', 'remove.unknown', commit(4, removeOf('later.parquet', true))],
    [
      'a txn version that is no integer',
      'txn.fields',
      commit(4, { txn: { appId: 'x', version: '7' } }),
    ],
    ['a txn that stands still', 'txn.not-monotone', commit(4, txnOf(3))],
    [
      'rows removed from an append-only table',
      'append-only.removed',
      (files) => {
        const meta = {
          ...metaDataOf(columns),
          configuration: { 'delta.appendOnly': 'true' },
        };
        files.set(commitPath(4), commitBytes({ metaData: meta }));
        files.set(commitPath(5), commitBytes(removeOf('ab.parquet', true)));
      },
    ],
  ];
  it.each(cases)('reports %s', async (_what, rule, change) => {
    expect(await table.rulesBrokenBy(change)).toContain(rule);
  });
});
