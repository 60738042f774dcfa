import type { TableClient, TransactionAction } from '@azure/data-tables';
import { orStatus, storageFailure } from '../kernel/storage-failure.ts';
import type { Address } from './keys.ts';
import type { Row } from './letter-row-codec.ts';

/** What an entity group transaction takes. */
export const transactionSize = 100;

export async function readRow(
  table: TableClient,
  { partitionKey, rowKey }: Address,
  select?: readonly string[],
): Promise<Row | undefined> {
  const options = select === undefined ? {} : { queryOptions: { select: [...select] } };
  const request = table.getEntity<Row>(partitionKey, rowKey, options);
  return await orStatus([404], request, 'read a dead letter');
}

export interface RangeQuery {
  readonly filter: string;
  readonly select?: readonly string[];
  /** At most this many rows, and at most 1,000: one request, unless the store cuts a page short. */
  readonly limit?: number;
}

/** The first rows of a range, by their keys; all of them without a limit. */
export async function queryRows(
  table: TableClient,
  { filter, select, limit }: RangeQuery,
): Promise<readonly Row[]> {
  const queryOptions = { filter, ...(select && { select: [...select] }) };
  const maxPageSize = Math.min(limit ?? maxRows, maxRows);
  const pages = table.listEntities<Row>({ queryOptions }).byPage({ maxPageSize });
  const rows: Row[] = [];
  try {
    for await (const page of pages) {
      rows.push(...page);
      if (limit !== undefined && rows.length >= limit) return rows.slice(0, limit);
    }
    return rows;
  } catch (cause) {
    throw storageFailure(cause, 'list dead letters');
  }
}

const maxRows = 1_000;

/** Whether the transaction went through; a row may be there, be gone or have changed. */
export async function transact(
  table: TableClient,
  actions: readonly TransactionAction[],
): Promise<boolean> {
  const request = table.submitTransaction([...actions]);
  return (await orStatus([404, 409, 412], request, 'change dead letters')) !== undefined;
}

/** Puts rows of any partitions, in as few transactions as there can be. */
export async function putRows(table: TableClient, rows: readonly Row[]): Promise<void> {
  const batches = [...byPartition(rows)].flatMap((sameRows) => chunk(sameRows, transactionSize));
  await forEachLimited(batches, async (batch) => {
    const actions = batch.map((row): TransactionAction => ['upsert', row, 'Replace']);
    await orStatus([], table.submitTransaction(actions), 'list dead letters');
  });
}

/** Deletes rows of any partitions; one that is gone already is fine. */
export async function deleteRows(table: TableClient, rows: readonly Address[]): Promise<void> {
  const batches = [...byPartition(rows)].flatMap((sameRows) => chunk(sameRows, transactionSize));
  await forEachLimited(batches, async (batch) => {
    const actions = batch.map(({ partitionKey, rowKey }): TransactionAction => [
      'delete',
      { partitionKey, rowKey },
    ]);
    // One row that is gone refuses the whole transaction.
    if (batch.length > 1 && (await transact(table, actions))) return;
    await forEachLimited(batch, ({ partitionKey, rowKey }) =>
      orStatus([404], table.deleteEntity(partitionKey, rowKey), 'delete a row of a dead letter'),
    );
  });
}

function byPartition<Each extends Address>(rows: readonly Each[]): Iterable<readonly Each[]> {
  return Map.groupBy(rows, ({ partitionKey }) => partitionKey).values();
}

export function chunk<Each>(list: readonly Each[], size: number): readonly (readonly Each[])[] {
  const count = Math.ceil(list.length / size);
  return Array.from({ length: count }, (_, at) => list.slice(at * size, (at + 1) * size));
}

const concurrency = 8;

/** Works on each of the list, on a few at once. */
export async function forEachLimited<Each>(
  list: readonly Each[],
  work: (each: Each) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let each = list[next++]; each !== undefined; each = list[next++]) await work(each);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, list.length) }, lane));
}
