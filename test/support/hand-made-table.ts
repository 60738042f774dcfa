import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Writes Delta tables by hand, with DuckDB for Parquet: nothing of our own writer. */
export interface TableMaker {
  /** The bytes of a Parquet file with the rows of a SELECT. */
  parquet(select: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

export async function openTableMaker(): Promise<TableMaker> {
  const folder = await mkdtemp(join(tmpdir(), 'hand-made-table-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  let count = 0;
  return {
    async parquet(select) {
      count += 1;
      const path = join(folder, `${count}.parquet`);
      await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet, COMPRESSION zstd)`);
      return new Uint8Array(await readFile(path));
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The bytes of a commit file. */
export function commitBytes(...actions: readonly object[]): Uint8Array {
  return new TextEncoder().encode(actions.map((action) => `${JSON.stringify(action)}\n`).join(''));
}

export function commitPath(version: number): string {
  return `_delta_log/${String(version).padStart(20, '0')}.json`;
}

export function checkpointPath(version: number): string {
  return `_delta_log/${String(version).padStart(20, '0')}.checkpoint.parquet`;
}

/** A `metaData` action; columns as `name type`, partitioned by the last one. */
export function metaData(...columns: readonly string[]): object {
  const fields = columns.map((column) => {
    const [name, type] = column.split(' ');
    return { name, type, nullable: true, metadata: {} };
  });
  return {
    metaData: {
      id: '6d1c0f4e-4df3-4a3c-9f4b-0f6b2f6f2a11',
      format: { provider: 'parquet', options: {} },
      schemaString: JSON.stringify({ type: 'struct', fields }),
      partitionColumns: [fields.at(-1)?.name],
      configuration: {},
      createdTime: 1_760_000_000_000,
    },
  };
}

export const protocol = { protocol: { minReaderVersion: 1, minWriterVersion: 2 } };
