import { BlobServiceClient, RestError } from '@azure/storage-blob';
import type { ConnectionTarget } from '../settings/connection.ts';
import { createCredential } from './credential.ts';

/** Retries sooner than the SDK's 4 s: the storage is on this machine, and so is who waits. */
const options = { retryOptions: { maxTries: 4, retryDelayInMs: 200 } };

/** A client of the blob service behind a connection. */
export async function connectBlobService(target: ConnectionTarget): Promise<BlobServiceClient> {
  return target.kind === 'connectionString'
    ? BlobServiceClient.fromConnectionString(target.connectionString, options)
    : new BlobServiceClient(target.endpoint, await createCredential(target), options);
}

/** True if the service has refused with that HTTP status. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return error instanceof RestError && statuses.includes(error.statusCode ?? 0);
}
