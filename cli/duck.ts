import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** Opens DuckDB in memory, with times shown in UTC, as Bronze stores them. */
export async function openDuck(): Promise<{
  readonly connection: DuckDBConnection;
  readonly close: () => void;
}> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`SET TimeZone = 'UTC'`);
  return {
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Reads the rows of a checkpoint, each as the JSON of its action. */
export async function readCheckpointRows(
  connection: DuckDBConnection,
  bytes: Uint8Array,
): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bronzeflow-checkpoint-'));
  try {
    const path = join(folder, 'checkpoint.parquet');
    await writeFile(path, bytes);
    const reader = await connection.runAndReadAll(
      `SELECT CAST(to_json(t) AS VARCHAR) FROM read_parquet(${quoteText(path)}) t`,
    );
    return reader.getRows().map(([row]) => String(row));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
