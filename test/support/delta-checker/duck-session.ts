import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type { TableFiles } from './table-files.ts';

/** DuckDB over copies of a table's files: an engine that shares no code with the writer. */
export interface DuckSession {
  /** Runs SQL and returns its rows, integers of 64 bits as text. */
  query(sql: string, values?: DuckDBValue[]): Promise<Record<string, unknown>[]>;
  /** A SQL text literal with the local path of a copy of the file. */
  copyOf(path: string): Promise<string>;
  /** SQL that selects the rows of several data files. */
  unionOf(paths: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

export async function openDuckSession(files: TableFiles): Promise<DuckSession> {
  const folder = await mkdtemp(join(tmpdir(), 'delta-checker-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const copies = new Map<string, string>();
  const copyOf = async (path: string): Promise<string> => {
    const known = copies.get(path);
    if (known !== undefined) return known;
    const local = join(folder, `${copies.size}.parquet`);
    await writeFile(local, await files.get(path));
    copies.set(path, quoteText(local));
    return quoteText(local);
  };
  return {
    copyOf,
    async unionOf(paths) {
      const local: string[] = [];
      for (const path of paths) local.push(await copyOf(path));
      return `SELECT * FROM read_parquet([${local.join(', ')}], union_by_name = true)`;
    },
    async query(sql, values) {
      const reader = await connection.runAndReadAll(sql, values);
      return reader.getRowObjectsJson();
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
