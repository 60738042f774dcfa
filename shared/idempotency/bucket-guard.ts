import type { TableClient } from '@azure/data-tables';
import { AppError } from '../kernel/app-error.ts';
import { statusOf, storageFailure } from '../kernel/storage-failure.ts';

interface BucketGuardOptions {
  readonly table: TableClient;
  readonly sink: string;
  readonly buckets: number;
}

/**
 * A check, made once and repeated until it has succeeded, that a sink keeps the number of buckets
 * it was created with: another number would look for every claim in the wrong place.
 * Errors: `config.invalid` (permanent), `storage.unavailable` (transient).
 */
export function createBucketGuard(options: BucketGuardOptions): () => Promise<void> {
  let checked: Promise<void> | undefined;
  return async () => {
    checked ??= checkBuckets(options);
    try {
      await checked;
    } catch (error) {
      checked = undefined;
      throw error;
    }
  };
}

async function checkBuckets({ table, sink, buckets }: BucketGuardOptions): Promise<void> {
  if (!/^[a-z0-9-]{1,60}$/.test(sink) || !Number.isInteger(buckets) || buckets < 1) {
    throw invalid(`The claims of sink "${sink}" cannot have ${buckets} buckets.`);
  }
  const address = { partitionKey: `${sink}-settings`, rowKey: 'buckets' };
  try {
    await table.createEntity({ ...address, buckets });
    return;
  } catch (cause) {
    if (statusOf(cause) !== 409) throw storageFailure(cause, 'store the number of buckets');
  }
  const existing = await readBuckets(table, address);
  if (existing === buckets) return;
  throw invalid(`The claims of sink "${sink}" have ${existing} buckets, not ${buckets}.`);
}

async function readBuckets(
  table: TableClient,
  { partitionKey, rowKey }: { readonly partitionKey: string; readonly rowKey: string },
): Promise<number> {
  try {
    return (await table.getEntity<{ buckets: number }>(partitionKey, rowKey)).buckets;
  } catch (cause) {
    throw storageFailure(cause, 'read the number of buckets');
  }
}

function invalid(message: string): AppError {
  return new AppError('config.invalid', message, { kind: 'permanent' });
}
