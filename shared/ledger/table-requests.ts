import type { TableClient } from '@azure/data-tables';
import { orStatus, storageFailure } from '../kernel/storage-failure.ts';
import type { StoredEntity } from './ledger-rows-codec.ts';

/** An entity, or undefined when there is none. */
export function readEntity(
  table: TableClient,
  partitionKey: string,
  rowKey: string,
): Promise<StoredEntity | undefined> {
  const request = table.getEntity<StoredEntity>(partitionKey, rowKey);
  return orStatus([404], request, 'read the ledger');
}

/** The entities of a filter in the order of their keys, at most `limit` of them. */
export async function listEntities(
  table: TableClient,
  filter: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<StoredEntity[]> {
  const found: StoredEntity[] = [];
  try {
    for await (const entity of table.listEntities<StoredEntity>({ queryOptions: { filter } })) {
      found.push(entity);
      if (found.length >= limit) break;
    }
  } catch (cause) {
    throw storageFailure(cause, 'list the ledger');
  }
  return found;
}
