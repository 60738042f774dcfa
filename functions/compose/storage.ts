import { TableClient } from '@azure/data-tables';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import type { StorageConnection } from '../../shared/config/connections.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { openCredential } from './credential.ts';

/** Clients of one storage account. */
export interface Storage {
  container(name: string): ContainerClient;
  /**
   * A table, created if it is missing.
   * Errors: `storage.unavailable` (transient).
   */
  table(name: string): Promise<TableClient>;
}

/** The SDK's own delays (4 s before the second try) are longer than a batch. */
const blobOptions = {
  retryOptions: { maxTries: 4, retryDelayInMs: 200, maxRetryDelayInMs: 2_000 },
};
const tableOptions = {
  retryOptions: { maxRetries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 2_000 },
};

export async function openStorage(connection: StorageConnection): Promise<Storage> {
  const { blobs, tableOf } = await openClients(connection);
  return {
    container: (name) => blobs.getContainerClient(name),
    table: async (name) => {
      const table = tableOf(name);
      await createTable(table);
      return table;
    },
  };
}

interface Clients {
  readonly blobs: BlobServiceClient;
  readonly tableOf: (name: string) => TableClient;
}

async function openClients(connection: StorageConnection): Promise<Clients> {
  if (connection.kind === 'connection-string') {
    const { text } = connection;
    // Only development lets a connection without TLS through the configuration.
    const options = { ...tableOptions, allowInsecureConnection: true };
    return {
      blobs: BlobServiceClient.fromConnectionString(text, blobOptions),
      tableOf: (name) => TableClient.fromConnectionString(text, name, options),
    };
  }
  const credential = await openCredential(connection.clientId);
  return {
    blobs: new BlobServiceClient(connection.blobUrl, credential, blobOptions),
    tableOf: (name) => new TableClient(connection.tableUrl, name, credential, tableOptions),
  };
}

/** The SDK takes a table that is already there for success. */
async function createTable(table: TableClient): Promise<void> {
  try {
    await table.createTable();
  } catch (cause) {
    throw new AppError('storage.unavailable', `The table ${table.tableName} cannot be created.`, {
      kind: 'transient',
      cause,
      details: { table: table.tableName },
    });
  }
}
