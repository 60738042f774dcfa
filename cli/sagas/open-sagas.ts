import type { TableClient } from '@azure/data-tables';
import type { Config } from '../../shared/config/config.ts';
import { stateTables } from '../../shared/config/state-tables.ts';
import { createTableParticipantStore } from '../../shared/participants/table-participant-store.ts';
import type { ListedSaga, SagaListing } from '../../shared/ports/saga-listing.ts';
import { claimKey, toClaim, type SagaEntity } from '../../shared/sagas/saga-rows-codec.ts';
import { createTableSagaListing } from '../../shared/sagas/table-saga-listing.ts';
import { openTable, watchForTable } from '../storage-clients.ts';
import { toKeptRecord, type KeptRecord } from './kept-record-codec.ts';
import type { SagaSources } from './saga-reader.ts';

/**
 * Opens the stored list of sagas. Before the application has created its table there is no saga;
 * this never creates it, because it only reads.
 */
export async function openListing({ connections }: Config): Promise<Pick<SagaListing, 'list'>> {
  const { table, account } = await openTable(connections.stateStorage, stateTables.sagaListing);
  const listing = createTableSagaListing(table);
  const exists = watchForTable(account, stateTables.sagaListing);
  return {
    list: async (...page) =>
      (await exists()) ? listing.list(...page) : { sagas: [], next: undefined },
  };
}

/**
 * Opens the claims of sagas. The list learns of a saga when its run enters; by its claim a saga is
 * known from the moment at which its event was taken in.
 */
export async function openClaims({ connections }: Config): Promise<SagaSources['readOpen']> {
  const { table, account } = await openTable(connections.stateStorage, stateTables.sagas);
  const exists = watchForTable(account, stateTables.sagas);
  return async () => ((await exists()) ? readOpenClaims(table) : []);
}

async function readOpenClaims(table: TableClient): Promise<readonly ListedSaga[]> {
  const open: ListedSaga[] = [];
  const filter = `RowKey eq '${claimKey}' and phase ne 'closed'`;
  for await (const entity of table.listEntities<SagaEntity>({ queryOptions: { filter } })) {
    const { sagaId, definition, phase, claimedAt, returnedAt } = toClaim(entity);
    open.push({
      ...{ sagaId, definition, variant: 'orchestration', reason: '' },
      phase: phase === 'returning' ? 'compensating' : 'running',
      startedAt: claimedAt,
      changedAt: returnedAt ?? claimedAt,
    });
  }
  return open;
}

/** Opens what the participants keep; all of it is read, whatever the size of the table. */
export async function openRecords({ connections }: Config): Promise<SagaSources['readRecords']> {
  const { table, account } = await openTable(connections.stateStorage, stateTables.participants);
  const store = createTableParticipantStore(table);
  const exists = watchForTable(account, stateTables.participants);
  return async () => {
    const records: KeptRecord[] = [];
    if (!(await exists())) return records;
    for await (const record of store.all()) records.push(toKeptRecord(record));
    return records;
  };
}
