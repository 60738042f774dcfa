import { TableClient } from '@azure/data-tables';
import { beforeAll, inject } from 'vitest';
import { createTableInboxStore } from '../../../../shared/idempotency/inbox/table-inbox-store.ts';
import { inboxStoreContract } from '../../../support/contracts/inbox-store.ts';

const table = TableClient.fromConnectionString(inject('storageConnection'), 'inboxcontract', {
  allowInsecureConnection: true,
});

beforeAll(() => table.createTable());

inboxStoreContract('Table Storage', () => Promise.resolve(createTableInboxStore(table)));
