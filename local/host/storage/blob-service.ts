import { BlobServiceClient, RestError } from '@azure/storage-blob';
import type { ConnectionTarget } from '../settings/connection.ts';
import { createCredential } from './credential.ts';

/** A client of the blob service behind a connection. */
export async function connectBlobService(target: ConnectionTarget): Promise<BlobServiceClient> {
  return target.kind === 'connectionString'
    ? BlobServiceClient.fromConnectionString(target.connectionString)
    : new BlobServiceClient(target.endpoint, await createCredential(target));
}

/** True if the service has refused with that HTTP status. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return error instanceof RestError && statuses.includes(error.statusCode ?? 0);
}
