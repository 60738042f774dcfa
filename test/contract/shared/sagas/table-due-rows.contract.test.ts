import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { inject } from 'vitest';
import { createTableDueRows } from '../../../../shared/sagas/table-due-rows.ts';
import { createMemoryDueRows } from '../../../support/choreography/memory-due-rows.ts';
import { dueRowsContract } from '../../../support/contracts/due-rows.ts';

const connection = inject('storageConnection');

dueRowsContract('Table Storage', async () => {
  const name = `due${randomUUID().replaceAll('-', '')}`;
  const options = { allowInsecureConnection: true };
  const table = TableClient.fromConnectionString(connection, name, options);
  await table.createTable();
  return createTableDueRows(table);
});

dueRowsContract('memory', () => Promise.resolve(createMemoryDueRows()));
