import type { TableClient } from '@azure/data-tables';
import { statusOf, storageFailure } from '../kernel/storage-failure.ts';
import type { EpochMs } from '../kernel/time.ts';
import {
  isClaimKey,
  removalActions,
  takenOver,
  toTakeover,
  writtenBefore,
  type Takeovers,
  type WrittenEntity,
} from './claim-rows-codec.ts';

/** Removes what was written to a partition before the instant; returns the number of claims. */
export async function removeClaims(
  table: TableClient,
  partitionKey: string,
  before: EpochMs,
): Promise<number> {
  let removed = 0;
  let takeovers: Takeovers | undefined;
  const queryOptions = { filter: writtenBefore(partitionKey, before) };
  try {
    for await (const written of table.listEntities<WrittenEntity>({ queryOptions })) {
      // Only who removes something needs to know.
      takeovers ??= await readTakeovers(table, partitionKey);
      removed += await removeWritten(table, written, { partitionKey, takeovers });
    }
  } catch (cause) {
    throw storageFailure(cause, 'remove claims');
  }
  return removed;
}

async function readTakeovers(table: TableClient, partitionKey: string): Promise<Takeovers> {
  const queryOptions = { filter: takenOver(partitionKey) };
  const found = new Map<string, string>();
  try {
    for await (const row of table.listEntities<TakeoverEntity>({ queryOptions })) {
      found.set(...toTakeover(row));
    }
    return found;
  } catch (cause) {
    throw storageFailure(cause, 'read claims that were taken over');
  }
}

interface TakeoverEntity {
  readonly rowKey: string;
  readonly written: string;
}

async function removeWritten(
  table: TableClient,
  written: WrittenEntity,
  { partitionKey, takeovers }: { readonly partitionKey: string; readonly takeovers: Takeovers },
): Promise<number> {
  const actions = removalActions(partitionKey, written, takeovers);
  try {
    await table.submitTransaction(actions);
  } catch (cause) {
    if (statusOf(cause) !== 404) throw cause;
    // Somebody removes the same rows: finish one by one, the row that names them last.
    for (const [, { rowKey = '' }] of actions) await removeRow(table, partitionKey, rowKey);
  }
  return actions.filter(([, { rowKey = '' }]) => isClaimKey(rowKey)).length;
}

async function removeRow(table: TableClient, partitionKey: string, rowKey: string): Promise<void> {
  try {
    await table.deleteEntity(partitionKey, rowKey);
  } catch (cause) {
    if (statusOf(cause) !== 404) throw cause;
  }
}
