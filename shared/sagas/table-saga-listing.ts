import type { TableClient, TransactionAction } from '@azure/data-tables';
import { AppError } from '../kernel/app-error.ts';
import { orStatus, storageFailure } from '../kernel/storage-failure.ts';
import type { ListedPage, ListedSaga, SagaListing } from '../ports/saga-listing.ts';
import {
  continuationAfter,
  isContinuation,
  listedEntity,
  listingPartition,
  pageFilter,
  placeEntity,
  placeKey,
  rowKeyOf,
  toListedSaga,
  toPlace,
  type ListingEntity,
  type Place,
} from './saga-listing-codec.ts';

/**
 * The listing in Table Storage, in an existing table. Beside its row in the list every saga has a
 * row that names its phase; both change in one transaction, so that a saga stands in one list only,
 * whatever crashes, and a move that comes late (`changedAt`) moves nothing back. `former` is a hint:
 * without one the first try saves a read.
 */
export function createTableSagaListing(table: TableClient): SagaListing {
  return {
    move: async (saga, former) => {
      if (former === undefined && (await enter(table, saga))) return;
      await moveOn(table, saga);
    },
    list: (phase, size, from) => listPage(table, { phase, size, from }),
  };
}

/** Whether the saga was not in the list before. */
async function enter(table: TableClient, saga: ListedSaga): Promise<boolean> {
  return await transact(table, [
    ['create', placeEntity(saga)],
    ['upsert', listedEntity(saga), 'Replace'],
  ]);
}

/** How often another mover of the same saga may be faster. */
const maxTries = 5;

async function moveOn(table: TableClient, saga: ListedSaga): Promise<void> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const request = table.getEntity<ListingEntity>(listingPartition, placeKey(saga.sagaId));
    const entity = await orStatus([404], request, 'read the place of a saga');
    const isMoved = await (entity === undefined
      ? enter(table, saga)
      : leave(table, saga, toPlace(entity)));
    if (isMoved) return;
  }
  throw new AppError('saga.contended', 'Others moved the saga in its list, again and again.', {
    kind: 'transient',
    details: { sagaId: saga.sagaId },
  });
}

async function leave(table: TableClient, saga: ListedSaga, place: Place): Promise<boolean> {
  if (place.changedAt > saga.changedAt) return true;
  const actions: TransactionAction[] = [
    ['update', placeEntity(saga), 'Replace', { etag: place.etag }],
    ['upsert', listedEntity(saga), 'Replace'],
  ];
  const formerKey = rowKeyOf({ ...place, sagaId: saga.sagaId });
  if (formerKey !== rowKeyOf(saga)) {
    actions.push(['delete', { partitionKey: listingPartition, rowKey: formerKey }]);
  }
  return await transact(table, actions);
}

/** Whether the transaction went through; another one may have been faster. */
async function transact(table: TableClient, actions: TransactionAction[]): Promise<boolean> {
  const answer = await orStatus([404, 409, 412], table.submitTransaction(actions), 'list a saga');
  return answer !== undefined;
}

async function listPage(
  table: TableClient,
  page: {
    readonly phase: ListedSaga['phase'];
    readonly size: number;
    readonly from: string | undefined;
  },
): Promise<ListedPage> {
  if (page.from !== undefined && !isContinuation(page.from)) return { sagas: [], next: undefined };
  const filter = pageFilter(page.phase, page.from);
  const pages = table
    .listEntities<ListingEntity>({ queryOptions: { filter } })
    .byPage({ maxPageSize: page.size + 1 });
  const sagas: ListedSaga[] = [];
  try {
    // A page of the store may be shorter than asked for although there are more.
    for await (const entities of pages) {
      sagas.push(...entities.map(toListedSaga));
      if (sagas.length > page.size) break;
    }
  } catch (cause) {
    throw storageFailure(cause, 'list sagas');
  }
  const shown = sagas.slice(0, page.size);
  const last = sagas.length > page.size ? shown.at(-1) : undefined;
  return { sagas: shown, next: last && continuationAfter(last) };
}
