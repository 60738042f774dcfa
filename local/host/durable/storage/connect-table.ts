import { TableClient } from '@azure/data-tables';
import type { ConnectionTarget } from '../../settings/connection.ts';
import { createCredential } from '../../storage/credential.ts';

/** Retries soon: the storage is on this machine, and so is who waits. */
const options = {
  retryOptions: { maxRetries: 3, retryDelayInMs: 200 },
  allowInsecureConnection: true,
};

/** A client of a table of the storage behind a connection. */
export async function connectTable(target: ConnectionTarget, name: string): Promise<TableClient> {
  return target.kind === 'connectionString'
    ? TableClient.fromConnectionString(target.connectionString, name, options)
    : new TableClient(target.endpoint, name, await createCredential(target), options);
}
