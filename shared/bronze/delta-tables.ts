import { AppError } from '../kernel/app-error.ts';
import type { Clock, EpochMs } from '../kernel/time.ts';
import type { DeltaTables, TableErasure } from '../ports/delta.ts';
import type { Log } from '../ports/log.ts';
import { AppendLane } from './delta/append/append-lane.ts';
import type { CommitHooks } from './delta/append/commit-batch.ts';
import { resolveDeltaOptions, type DeltaOptions } from './delta/delta-options.ts';
import { readSnapshot } from './delta/log/read-snapshot.ts';
import { TableLog } from './delta/log/table-log.ts';
import type { TableSource } from './delta/log/table-source.ts';
import { cleanLog, type LogCleanUpReport } from './delta/maintain/clean-log.ts';
import { compactTable, type CompactionReport } from './delta/maintain/compact-table.ts';
import { eraseTexts } from './delta/maintain/erase-texts.ts';
import { sweepTable } from './delta/maintain/sweep-table.ts';
import { vacuumTable, type VacuumReport } from './delta/maintain/vacuum-table.ts';
import type { ObjectStore } from './object-store.ts';
import type { TableSnapshot } from './table-snapshot.ts';

interface DeltaTablesOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** A fresh UUID at each call: names of files and attempts to commit must never repeat. */
  readonly newId: () => string;
  readonly log: Log;
  readonly options?: Partial<DeltaOptions>;
  readonly hooks?: CommitHooks;
}

type MaintenanceReport = CompactionReport & LogCleanUpReport & VacuumReport;

/** Upkeep of tables. Every call may run beside writers, other maintenance and itself. */
interface TableMaintenance {
  /** Merges small files; no row changes. */
  compact(table: string, now: EpochMs): Promise<CompactionReport>;
  /** Writes a checkpoint that is due, and deletes expired files of the log. */
  cleanLog(table: string, now: EpochMs): Promise<LogCleanUpReport>;
  /** Deletes expired data files. Lists the whole table, so once a day is plenty. */
  vacuum(table: string, now: EpochMs): Promise<VacuumReport>;
  /** All three in this order. */
  maintain(table: string, now: EpochMs): Promise<MaintenanceReport>;
}

/** Looks at tables from their logs alone. */
export interface SnapshotReader {
  /** Names of the tables in the lake, ascending. */
  tables(): Promise<readonly string[]>;
  /** The newest version, or `version`; undefined when there is none. */
  snapshot(table: string, version?: number): Promise<TableSnapshot | undefined>;
}

/** The tables of one lake as this process writes, keeps and reads them. */
export interface OpenDeltaTables
  extends DeltaTables, TableMaintenance, TableErasure, SnapshotReader {
  /** Resolves when nothing is under way, background checkpoints included. */
  idle(): Promise<void>;
}

/** Folder of all tables in a lake. */
const tablesFolder = 'Tables/';

/**
 * Opens the tables of a lake; sends nothing yet. Whoever appends for an author sends all of its rows
 * above the watermark that are meant for the table, and awaits one append before the next: a later
 * watermark declares everything below it landed.
 * Errors: `config.invalid`; at every call `bug` for a table name that is no plain lower-case word.
 */
export function openDeltaTables(given: DeltaTablesOptions): OpenDeltaTables {
  const { store, clock, newId, log, hooks = {} } = given;
  const options = resolveDeltaOptions(given.options ?? {});
  const opened = new Map<string, OpenTable>();
  const open = (table: string): OpenTable => {
    const known = opened.get(table);
    if (known !== undefined) return known;
    const root = `${tablesFolder}${checkName(table)}/`;
    const created = openTable({ store, table, root, options, clock, newId, log }, hooks);
    opened.set(table, created);
    return created;
  };
  return {
    append: async (append) => open(append.table).lane.append(append),
    watermark: async (table, author) => {
      const { head } = await open(table).log.refresh();
      return head.txns.get(author)?.version;
    },
    ...maintenance((table) => open(table).source),
    erase: async (erasure) => eraseTexts(open(erasure.table).source, erasure),
    sweep: async (table, through) => sweepTable(open(table).source, through),
    tables: async () => (await store.listFolders(tablesFolder)).filter(isTableName).toSorted(),
    snapshot: async (table, version) => readSnapshot(open(table).source, version),
    idle: async () => {
      await Promise.all([...opened.values()].map(({ lane }) => lane.idle()));
    },
  };
}

interface OpenTable {
  readonly source: TableSource;
  readonly log: TableLog;
  readonly lane: AppendLane;
}

function openTable(source: TableSource, hooks: CommitHooks): OpenTable {
  const log = new TableLog(source);
  return { source, log, lane: new AppendLane({ source, log, hooks }) };
}

function maintenance(source: (table: string) => TableSource): TableMaintenance {
  return {
    compact: async (table, now) => compactTable(source(table), now),
    cleanLog: async (table, now) => cleanLog(source(table), now),
    vacuum: async (table, now) => vacuumTable(source(table), now),
    maintain: async (table, now) => ({
      ...(await compactTable(source(table), now)),
      ...(await cleanLog(source(table), now)),
      ...(await vacuumTable(source(table), now)),
    }),
  };
}

function checkName(table: string): string {
  if (isTableName(table)) return table;
  throw new AppError('bug', 'A table name must be lower-case letters, digits and "_"', {
    kind: 'permanent',
  });
}

function isTableName(table: string): boolean {
  return /^[a-z0-9_]{1,128}$/.test(table);
}
