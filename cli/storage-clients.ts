import type { TableClient } from '@azure/data-tables';
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

/** A client for a table of Table Storage. */
export async function openTable(connection: StorageConnection, name: string): Promise<TableClient> {
  const { TableClient } = await import('@azure/data-tables');
  if (connection.kind === 'connection-string') {
    const options = { allowInsecureConnection: /http:\/\//.test(connection.text) };
    return TableClient.fromConnectionString(connection.text, name, options);
  }
  return new TableClient(connection.tableUrl, name, await identity(connection.clientId));
}

async function identity(clientId: string | undefined) {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return clientId === undefined
    ? new DefaultAzureCredential()
    : new DefaultAzureCredential({ managedIdentityClientId: clientId });
}
