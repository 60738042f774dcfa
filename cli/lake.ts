import type { ContainerClient } from '@azure/storage-blob';

/** Reads the Delta tables below one folder of a container; it never writes. */
export interface Lake {
  /** Names of the tables, ascending. */
  listTables(): Promise<readonly string[]>;
  /** Names of the files in a table's `_delta_log`, ascending. */
  listLog(table: string): Promise<readonly string[]>;
  /** The bytes of a file of a table, or undefined when it is not there. */
  read(table: string, path: string): Promise<Uint8Array | undefined>;
}

/** The folder of tables in a lakehouse, and with us in every container. */
const tablesFolder = 'Tables';

export function openLake(container: ContainerClient): Lake {
  return {
    async listTables() {
      if (!(await container.exists())) return [];
      const tables: string[] = [];
      const prefix = `${tablesFolder}/`;
      for await (const item of container.listBlobsByHierarchy('/', { prefix })) {
        if (item.kind === 'prefix') tables.push(item.name.slice(prefix.length, -1));
      }
      return tables;
    },
    async listLog(table) {
      const prefix = `${tablesFolder}/${table}/_delta_log/`;
      const names: string[] = [];
      for await (const blob of container.listBlobsFlat({ prefix })) {
        names.push(blob.name.slice(prefix.length));
      }
      return names;
    },
    async read(table, path) {
      const blob = container.getBlobClient(`${tablesFolder}/${table}/${path}`);
      try {
        return await blob.downloadToBuffer();
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
  };
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 404;
}
