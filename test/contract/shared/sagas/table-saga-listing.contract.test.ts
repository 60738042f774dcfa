import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { inject } from 'vitest';
import { createTableSagaListing } from '../../../../shared/sagas/table-saga-listing.ts';
import { sagaListingContract } from '../../../support/contracts/saga-listing.ts';

sagaListingContract('Table Storage', async () => {
  const name = `listing${randomUUID().replaceAll('-', '')}`;
  const table = TableClient.fromConnectionString(inject('storageConnection'), name, {
    allowInsecureConnection: true,
  });
  await table.createTable();
  return createTableSagaListing(table);
});
