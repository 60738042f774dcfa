import { checkDeltaTable, eventDateRule, type CheckedTable } from './delta-checker/check-table.ts';
import type { Rule } from './delta-checker/finding.ts';
import { memoryTableFiles } from './delta-checker/table-files.ts';
import {
  checkpointPath,
  commitBytes,
  commitPath,
  metaData,
  openTableMaker,
  protocol,
  type TableMaker,
} from './hand-made-table.ts';

/** The files of a table by path; a test copies them and breaks one. */
export type Files = Map<string, Uint8Array>;

const day = 'event_date=2026-05-01';

export const columns = metaData(
  'event_id string',
  'event_source string',
  'event_time timestamp',
  'ingested_at timestamp',
  'sequence_number long',
  'event_date date',
);

/** A SELECT of the events numbered `first` to `last`, one per second; number 2 has a null. */
export function rowsOf(first: number, last: number): string {
  return `SELECT 'e' || i AS event_id, '/erp' AS event_source,
            TIMESTAMPTZ '2026-05-01 00:00:00+00' + INTERVAL (i) SECOND AS event_time,
            TIMESTAMPTZ '2026-05-02 00:00:00+00' AS ingested_at,
            CASE WHEN i = 2 THEN NULL ELSE i::BIGINT END AS sequence_number
     FROM range(${first}, ${last + 1}) t(i)`;
}

interface AddChange {
  readonly stats?: object;
  readonly dataChange?: boolean;
  readonly date?: string;
  readonly size?: number;
}

export function addOf(
  path: string,
  file: Uint8Array,
  change: AddChange = {},
): { add: Record<string, unknown> } {
  return {
    add: {
      path: `${day}/${path}`,
      partitionValues: { event_date: change.date ?? '2026-05-01' },
      size: change.size ?? file.length,
      modificationTime: 1_760_000_000_000,
      dataChange: change.dataChange ?? true,
      stats: JSON.stringify(change.stats ?? { numRecords: 2 }),
    },
  };
}

export function removeOf(path: string, dataChange = false): { remove: Record<string, unknown> } {
  return {
    remove: { path: `${day}/${path}`, deletionTimestamp: 1_760_000_000_000, dataChange },
  };
}

export function txnOf(version: number): object {
  return { txn: { appId: 'ns/events/2026/cg/0', version, lastUpdated: 1_760_000_000_000 } };
}

const statsA = {
  numRecords: 2,
  nullCount: { event_id: 0, sequence_number: 0 },
  minValues: { event_id: 'e0', event_time: '2026-05-01T00:00:00.000Z', sequence_number: 0 },
  maxValues: { event_id: 'e1', event_time: '2026-05-01T00:00:01.001Z', sequence_number: 1 },
};

/** A table that keeps every rule: two appends, a checkpoint of both, then their compaction. */
export interface GoodTable {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly fileA: Uint8Array;
  readonly maker: TableMaker;
  /** A checkpoint of version 2, by default a true one. */
  makeCheckpoint(change: { txn?: number; sizeA?: number }): Promise<Uint8Array>;
  /** Puts other content, statistics, size or date on the one live file. */
  withLiveAdd(files: Files, change: AddChange & { readonly file?: Uint8Array }): void;
  check(files: ReadonlyMap<string, Uint8Array>): Promise<CheckedTable>;
  /** The rules that a changed copy of the table breaks. */
  rulesBrokenBy(change: (files: Files) => unknown): Promise<Set<Rule>>;
}

export async function makeGoodTable(): Promise<GoodTable> {
  const maker = await openTableMaker();
  const fileA = await maker.parquet(rowsOf(0, 1));
  const fileB = await maker.parquet(rowsOf(2, 3));
  const fileAb = await maker.parquet(rowsOf(0, 3));
  const makeCheckpoint = (change: { txn?: number; sizeA?: number }): Promise<Uint8Array> =>
    maker.parquet(
      checkpointRows({
        txn: change.txn ?? 3,
        sizeA: change.sizeA ?? fileA.length,
        sizeB: fileB.length,
      }),
    );
  const withLiveAdd: GoodTable['withLiveAdd'] = (files, change) => {
    const file = change.file ?? fileAb;
    const all = { stats: { numRecords: 4 }, dataChange: false, ...change };
    const removes = [removeOf('a.parquet'), removeOf('b%20c.parquet')];
    files.set(`${day}/ab.parquet`, file);
    files.set(commitPath(3), commitBytes(...removes, addOf('ab.parquet', file, all)));
  };
  const files: Files = new Map([
    [commitPath(0), commitBytes({ commitInfo: {} }, protocol, columns)],
    [commitPath(1), commitBytes(txnOf(1), addOf('a.parquet', fileA, { stats: statsA }))],
    [commitPath(2), commitBytes(txnOf(3), addOf('b%20c.parquet', fileB))],
    [checkpointPath(2), await makeCheckpoint({})],
    ['_delta_log/_last_checkpoint', new TextEncoder().encode('{"version":2,"size":5}')],
    [`${day}/a.parquet`, fileA],
    [`${day}/b c.parquet`, fileB],
  ]);
  withLiveAdd(files, {});
  return { files, fileA, maker, makeCheckpoint, withLiveAdd, check, rulesBrokenBy };

  function check(some: ReadonlyMap<string, Uint8Array>): Promise<CheckedTable> {
    return checkDeltaTable(memoryTableFiles(some), {
      uniqueBy: ['event_source', 'event_id'],
      partitionRules: eventDateRule,
      nowMs: 1_760_000_100_000,
    });
  }

  async function rulesBrokenBy(change: (some: Files) => unknown): Promise<Set<Rule>> {
    const some = new Map(files);
    await change(some);
    return new Set((await check(some)).findings.map(({ rule }) => rule));
  }
}

function checkpointRows(of: { txn: number; sizeA: number; sizeB: number }): string {
  const { metaData: meta } = columns as { metaData: { schemaString: string; id: string } };
  const add = (path: string, size: number, stats: object): string =>
    `{path: '${day}/${path}', partitionValues: MAP {'event_date': '2026-05-01'},
      size: ${size}::BIGINT, modificationTime: 1760000000000::BIGINT, dataChange: false,
      stats: '${JSON.stringify(stats)}'}`;
  const rows = [
    ['protocol', '{minReaderVersion: 1, minWriterVersion: 2}'],
    [
      'metaData',
      `{id: '${meta.id}', schemaString: '${meta.schemaString}', partitionColumns: ['event_date'],
        configuration: MAP {}::MAP(VARCHAR, VARCHAR)}`,
    ],
    ['txn', `{appId: 'ns/events/2026/cg/0', version: ${of.txn}::BIGINT}`],
    ['add', add('a.parquet', of.sizeA, statsA)],
    ['add', add('b%20c.parquet', of.sizeB, { numRecords: 2 })],
  ];
  const selects = rows.map(([kind = '', value = '']) => `SELECT ${value} AS "${kind}"`);
  return selects.join(' UNION ALL BY NAME ');
}
