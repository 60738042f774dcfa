import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { inject } from 'vitest';
import { createTableCircuitStore } from '../../../../shared/recoverability/table-circuit-store.ts';
import { circuitStoreContract } from '../../../support/contracts/circuit-store.ts';

circuitStoreContract('Table Storage', async () => {
  const name = `circuits${randomUUID().replaceAll('-', '')}`;
  const table = TableClient.fromConnectionString(inject('storageConnection'), name, {
    allowInsecureConnection: true,
  });
  await table.createTable();
  return createTableCircuitStore(table);
});
