import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';
import { deadLetterTable } from '../shared/ingest/dead-letter-rows.ts';
import { CommandError } from './command-error.ts';
import { createCurrentView } from './current-dead-letters.ts';
import { readTable } from './delta-log.ts';
import { readCheckpointRows } from './duck.ts';
import { cacheFiles } from './file-cache.ts';
import type { Lake } from './lake.ts';
import { createTableView } from './table-views.ts';

export interface Query {
  readonly sql: string;
  /** Version by table; the newest where none is given. */
  readonly versions: ReadonlyMap<string, number>;
}

export interface QuerySource {
  readonly connection: DuckDBConnection;
  readonly lake: Lake;
  readonly cacheFolder: string;
}

/**
 * Runs SQL over the tables of the lake, each a view with the table's name; dead letters have a second
 * one, with one row for each. Only tables that the
 * SQL names are read, or all of them when it names none. Errors are `CommandError`.
 */
export async function runQuery(query: Query, source: QuerySource): Promise<DuckDBResultReader> {
  const tables = await source.lake.listTables();
  const unknown = [...query.versions.keys()].find((table) => !tables.includes(table));
  if (unknown !== undefined) {
    throw new CommandError(`--at: there is no table ${unknown}.\n${describeTables(tables)}`);
  }
  for (const table of namedIn(query, tables)) {
    await registerTable(table, query.versions.get(table), source);
  }
  try {
    return await source.connection.runAndReadAll(query.sql);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isUnknownTable = message.startsWith('Catalog Error: Table');
    throw new CommandError(isUnknownTable ? `${message}\n${describeTables(tables)}` : message);
  }
}

function namedIn({ sql, versions }: Query, tables: readonly string[]): readonly string[] {
  const text = sql.toLowerCase();
  const named = tables.filter((table) => text.includes(table) || versions.has(table));
  return named.length > 0 ? named : tables;
}

async function registerTable(
  table: string,
  version: number | undefined,
  { connection, lake, cacheFolder }: QuerySource,
): Promise<void> {
  const readCheckpoint = (bytes: Uint8Array) => readCheckpointRows(connection, bytes);
  const snapshot = await readTable(table, { lake, readCheckpoint }, version);
  if (snapshot === undefined) return;
  const paths = [...snapshot.files.keys()];
  const copies = await cacheFiles(table, paths, { lake, folder: cacheFolder });
  await createTableView(connection, snapshot, copies);
  if (table === deadLetterTable) await createCurrentView(connection, snapshot);
}

function describeTables(tables: readonly string[]): string {
  if (tables.length === 0) return 'There are no tables yet: nothing has landed.';
  return ['Tables:', ...tables.map((table) => `  ${table}`)].join('\n');
}
