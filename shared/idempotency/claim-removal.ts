import type { TableClient } from '@azure/data-tables';
import { statusOf, storageFailure } from '../kernel/storage-failure.ts';
import type { EpochMs } from '../kernel/time.ts';
import { removalActions, writtenBefore, type WrittenEntity } from './claim-rows-codec.ts';

/** Removes what was written to a partition before the instant; returns the number of claims. */
export async function removeClaims(
  table: TableClient,
  partitionKey: string,
  before: EpochMs,
): Promise<number> {
  let removed = 0;
  const queryOptions = { filter: writtenBefore(partitionKey, before) };
  try {
    for await (const written of table.listEntities<WrittenEntity>({ queryOptions })) {
      removed += await removeWritten(table, partitionKey, written);
    }
  } catch (cause) {
    throw storageFailure(cause, 'remove claims');
  }
  return removed;
}

async function removeWritten(
  table: TableClient,
  partitionKey: string,
  written: WrittenEntity,
): Promise<number> {
  const actions = removalActions(partitionKey, written);
  try {
    await table.submitTransaction(actions);
  } catch (cause) {
    if (statusOf(cause) !== 404) throw cause;
    // Somebody removes the same rows: finish one by one, the row that names them last.
    for (const [, { rowKey = '' }] of actions) await removeRow(table, partitionKey, rowKey);
  }
  return actions.length - 2;
}

async function removeRow(table: TableClient, partitionKey: string, rowKey: string): Promise<void> {
  try {
    await table.deleteEntity(partitionKey, rowKey);
  } catch (cause) {
    if (statusOf(cause) !== 404) throw cause;
  }
}
