import type { TableClient } from '@azure/data-tables';
import { statusOf, storageFailure } from '../kernel/storage-failure.ts';
import type { StoredEntity } from './ledger-rows-codec.ts';

/** The answer, or undefined for a status that is an outcome and not a failure. */
export async function orStatus<Answer>(
  outcomes: readonly number[],
  request: Promise<Answer>,
  name: string,
): Promise<Answer | undefined> {
  try {
    return await request;
  } catch (cause) {
    const status = statusOf(cause);
    if (status !== undefined && outcomes.includes(status)) return undefined;
    throw storageFailure(cause, name);
  }
}

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
