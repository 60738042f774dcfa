import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { addOf, makeGoodTable, rowsOf, type GoodTable } from '../../support/good-table.ts';
import { commitBytes, commitPath, metaData } from '../../support/hand-made-table.ts';
import {
  createContainer,
  localSettings,
  makeDataFolder,
  uploadTable,
  type LocalData,
} from '../../support/local-data.ts';
import { runNode, type NodeRun } from '../../support/run-node.ts';

let table: GoodTable;
let data: LocalData;

/** A table whose schema grew: its first file lacks the last column. */
function withNewColumn(file: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const files = new Map(table.files);
  const grown = metaData(
    'event_id string',
    'event_source string',
    'event_time timestamp',
    'ingested_at timestamp',
    'sequence_number long',
    'note string',
    'event_date date',
  );
  files.set(commitPath(4), commitBytes(grown, addOf('new.parquet', file)));
  files.set('event_date=2026-05-01/new.parquet', file);
  return files;
}

beforeAll(async () => {
  table = await makeGoodTable();
  const file = await table.maker.parquet(`SELECT *, 'new' AS note FROM (${rowsOf(8, 9)})`);
  const name = `sql-${randomUUID()}`;
  const container = await createContainer(inject('storageConnection'), name);
  await uploadTable(container, 'brz_event_erp_good', table.files);
  await uploadTable(container, 'brz_event_erp_grown', withNewColumn(file));
  data = await makeDataFolder({
    storage: inject('storageConnection'),
    pid: process.pid,
    settings: localSettings(name),
  });
});

afterAll(async () => {
  await table.maker.close();
  await data.remove();
});

function sql(...args: readonly string[]): Promise<NodeRun> {
  return runNode(['cli/sql.ts', ...args, '--data', data.folder], { expectFailure: true });
}

async function rowsFrom(...args: readonly string[]): Promise<unknown> {
  const { stdout, stderr, code } = await sql(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

describe('npm run sql', () => {
  it('answers with an array of objects, instants in UTC with microseconds', async () => {
    const rows = await rowsFrom(
      `select event_id, event_time + interval 1 microsecond as t, sequence_number, event_date
       from brz_event_erp_good where event_id in ('e1', 'e2') order by event_id`,
    );
    expect(rows).toEqual([
      {
        event_id: 'e1',
        t: '2026-05-01T00:00:01.000001Z',
        sequence_number: 1,
        event_date: '2026-05-01',
      },
      {
        event_id: 'e2',
        t: '2026-05-01T00:00:02.000001Z',
        sequence_number: null,
        event_date: '2026-05-01',
      },
    ]);
  });

  it('keeps the digits of integers beyond 2^53 and of decimals', async () => {
    const rows = await rowsFrom(
      'select 9007199254740993 as big, 58.90::decimal(10,2) as price, count(*) as n from brz_event_erp_good',
    );
    expect(rows).toEqual([{ big: '9007199254740993', price: '58.90', n: 4 }]);
  });

  it('shows the columns in the order of the schema, the partition column included', async () => {
    const rows = await rowsFrom('describe brz_event_erp_good');
    expect(rows).toMatchObject([
      { column_name: 'event_id', column_type: 'VARCHAR' },
      { column_name: 'event_source' },
      { column_name: 'event_time', column_type: 'TIMESTAMP WITH TIME ZONE' },
      { column_name: 'ingested_at' },
      { column_name: 'sequence_number', column_type: 'BIGINT' },
      { column_name: 'event_date', column_type: 'DATE' },
    ]);
  });

  it('reads null where an older file lacks a newer column', async () => {
    const rows = await rowsFrom(
      'select note, count(*) as n from brz_event_erp_grown group by note order by note nulls first',
    );
    expect(rows).toEqual([
      { note: null, n: 4 },
      { note: 'new', n: 2 },
    ]);
  });

  it.each([
    [0, 0],
    [1, 2],
    [2, 4],
    [3, 4],
  ])('travels to version %i, which has %i rows', async (version, n) => {
    const rows = await rowsFrom(
      'select count(*) as n from brz_event_erp_good',
      '--at',
      `brz_event_erp_good=${version}`,
    );
    expect(rows).toEqual([{ n }]);
  });

  it('joins tables and lists all when the query names none', async () => {
    expect(
      await rowsFrom(
        'select count(*) as n from brz_event_erp_good join brz_event_erp_grown using (event_id)',
      ),
    ).toEqual([{ n: 4 }]);
    expect(await rowsFrom('show tables')).toEqual([
      { name: 'brz_event_erp_good' },
      { name: 'brz_event_erp_grown' },
    ]);
  });

  it('prints a table for people', async () => {
    const { stdout, code } = await sql(
      'select event_id, 7 as seven from brz_event_erp_good limit 1',
    );
    expect(code).toBe(0);
    expect(stdout).toBe('event_id  seven\n--------  -----\ne0            7\n(1 row)\n');
  });

  it.each([
    {
      what: 'an unknown table',
      args: ['select * from nothing_here'],
      message: /nothing_here[^]*brz_event_erp_good/,
    },
    {
      what: 'broken SQL',
      args: ['selec 1'],
      message: /^Parser Error: syntax error at or near "selec"/,
    },
    {
      what: 'a version to come',
      args: ['select 1', '--at', 'brz_event_erp_good=9'],
      message: /the newest is 3/,
    },
    { what: 'no query', args: [], code: 2, message: /Give one query/ },
    {
      what: 'an unknown option',
      args: ['select 1', '--colour'],
      code: 2,
      message: /--colour[^]*Usage/,
    },
  ])('refuses $what plainly', async ({ args, code = 1, message }) => {
    const result = await sql(...args);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect([result.code, result.stdout]).toEqual([code, '']);
  });

  it('says what to do when there is no data folder', async () => {
    const { stderr, code } = await runNode(['cli/sql.ts', 'select 1', '--data', '/nowhere/here'], {
      expectFailure: true,
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining('npm start')]);
  });
});
