import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { inject } from 'vitest';
import { createTableDeadLetterMetrics } from '../../../../shared/deadletter/table-dead-letter-metrics.ts';
import { deadLetterMetricsContract } from '../../../support/contracts/dead-letter-metrics.ts';

deadLetterMetricsContract('Table Storage', async () => {
  const name = `metrics${randomUUID().replaceAll('-', '')}`;
  const table = TableClient.fromConnectionString(inject('storageConnection'), name, {
    allowInsecureConnection: true,
  });
  await table.createTable();
  return createTableDeadLetterMetrics(table);
});
