import type { TableClient, TableServiceClient } from '@azure/data-tables';
import type { ContainerClient } from '@azure/storage-blob';
import type { Config } from '../shared/config/config.ts';

type StorageConnection = Config['connections']['stateStorage'];

/** A client for a blob container. The SDK is loaded when it is first needed. */
export async function openContainer(
  connection: StorageConnection,
  name: string,
): Promise<ContainerClient> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  if (connection.kind === 'connection-string') {
    return BlobServiceClient.fromConnectionString(connection.text).getContainerClient(name);
  }
  const service = new BlobServiceClient(connection.blobUrl, await identity(connection.clientId));
  return service.getContainerClient(name);
}

/** Clients for a table of Table Storage and for its account. */
export async function openTable(
  connection: StorageConnection,
  name: string,
): Promise<{ readonly table: TableClient; readonly account: TableServiceClient }> {
  const { TableClient, TableServiceClient } = await import('@azure/data-tables');
  if (connection.kind === 'connection-string') {
    const { text } = connection;
    // The configuration lets a connection without TLS through only in development.
    const options = { allowInsecureConnection: true };
    return {
      table: TableClient.fromConnectionString(text, name, options),
      account: TableServiceClient.fromConnectionString(text, options),
    };
  }
  const credential = await identity(connection.clientId);
  return {
    table: new TableClient(connection.tableUrl, name, credential),
    account: new TableServiceClient(connection.tableUrl, credential),
  };
}

/** Whether a table exists; asks no more once it does. */
export function watchForTable(account: TableServiceClient, name: string): () => Promise<boolean> {
  let isThere = false;
  return async () => {
    if (isThere) return true;
    const found = account.listTables({ queryOptions: { filter: `TableName eq '${name}'` } });
    isThere = (await found.next()).done !== true;
    return isThere;
  };
}

async function identity(clientId: string | undefined) {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return clientId === undefined
    ? new DefaultAzureCredential()
    : new DefaultAzureCredential({ managedIdentityClientId: clientId });
}
