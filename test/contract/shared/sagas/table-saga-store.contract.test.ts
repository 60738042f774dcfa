import { TableClient } from '@azure/data-tables';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { createTableSagaStore } from '../../../../shared/sagas/table-saga-store.ts';
import { sagaStoreContract } from '../../../support/contracts/saga-store.ts';

const tableOf = (connection: string): TableClient =>
  TableClient.fromConnectionString(connection, 'sagastorecontract', {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
const table = tableOf(inject('storageConnection'));

beforeAll(() => table.createTable());

sagaStoreContract('Table Storage', () => Promise.resolve(createTableSagaStore(table)));

describe('sagas in Table Storage', () => {
  it('call a row that somebody has damaged by its name', async () => {
    const store = createTableSagaStore(table);
    await table.createEntity({ partitionKey: 'damaged', rowKey: 'claim', claim0: '{"sagaId":' });
    await expect(store.read('damaged')).rejects.toMatchObject({
      code: 'storage.unexpected_answer',
      kind: 'permanent',
      details: { sagaId: 'damaged' },
    });
  });

  it('take storage that is down for a passing failure', async () => {
    const nobody = inject('storageConnection').replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1');
    const store = createTableSagaStore(tableOf(nobody));
    const transient = { code: 'storage.unavailable', kind: 'transient' };
    await expect(store.read('any')).rejects.toMatchObject(transient);
    await expect(store.open('any')).rejects.toMatchObject(transient);
  });
});
