import type { TableClient, TransactionAction } from '@azure/data-tables';
import { AppError } from '../kernel/app-error.ts';
import { orStatus, storageFailure } from '../kernel/storage-failure.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { DueEntry, DueRow, DueRows, StoredDueRow } from '../ports/due-rows.ts';
import {
  dueEntity,
  dueFilter,
  duePartitions,
  rowAddress,
  rowEntity,
  toDueEntry,
  toDueRow,
  type DueEntity,
} from './due-rows-codec.ts';

/** Rows in an existing table. A row and its index entry are in one partition, and change as one. */
export function createTableDueRows(table: TableClient): DueRows {
  return {
    read: async (id) => {
      const { partitionKey, rowKey } = rowAddress(id);
      const request = table.getEntity<DueEntity>(partitionKey, rowKey);
      const entity = await orStatus([404], request, 'read a choreography');
      return entity && { row: toDueRow(entity), etag: entity.etag };
    },
    insert: (id, row) => {
      const entry: TransactionAction[] = indexed(id, row.dueAt, 'create');
      return transact(table, [['create', rowEntity(id, row)], ...entry]);
    },
    replace: (id, row, former) => replaceRow(table, { id, row, former }),
    due: async (now, limit) => {
      const pages = duePartitions.map((partition) => firstDue(table, { partition, now, limit }));
      const entries = (await Promise.all(pages)).flat();
      return entries.toSorted((left, right) => left.dueAt - right.dueAt).slice(0, limit);
    },
  };
}

interface Replacement {
  readonly id: string;
  readonly row: DueRow;
  readonly former: StoredDueRow;
}

async function replaceRow(table: TableClient, { id, row, former }: Replacement): Promise<boolean> {
  const entity = rowEntity(id, row);
  const { etag } = former;
  if (row.dueAt === former.row.dueAt) {
    const request = table.updateEntity(entity, 'Replace', { etag });
    return (await orStatus([412], request, 'change a choreography')) !== undefined;
  }
  return await transact(table, [
    ['update', entity, 'Replace', { etag }],
    ...indexed(id, former.row.dueAt, 'delete'),
    ...indexed(id, row.dueAt, 'create'),
  ]);
}

function indexed(
  id: string,
  dueAt: EpochMs | undefined,
  action: 'create' | 'delete',
): TransactionAction[] {
  if (dueAt === undefined) return [];
  const entity = dueEntity(id, dueAt);
  return [action === 'create' ? ['create', entity] : ['delete', entity]];
}

/** Whether the transaction went through; otherwise somebody else was faster. */
async function transact(table: TableClient, actions: TransactionAction[]): Promise<boolean> {
  const request = table.submitTransaction(actions);
  return (await orStatus([404, 409, 412], request, 'change a choreography')) !== undefined;
}

interface Wanted {
  readonly partition: string;
  readonly now: EpochMs;
  readonly limit: number;
}

/** Row keys begin with the instant, so the first page has what is overdue the longest. */
async function firstDue(
  table: TableClient,
  { partition, now, limit }: Wanted,
): Promise<readonly DueEntry[]> {
  const queryOptions = { filter: dueFilter(partition, now), select: ['PartitionKey', 'RowKey'] };
  const pages = table
    .listEntities<DueEntity>({ queryOptions })
    .byPage({ maxPageSize: Math.min(limit, maxPageSize) });
  try {
    for await (const entities of pages) {
      if (entities.length > 0) return entities.map(toDueEntry);
    }
    return [];
  } catch (cause) {
    throw cause instanceof AppError ? cause : storageFailure(cause, 'list choreographies');
  }
}

const maxPageSize = 1000;
