import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { inject } from 'vitest';
import {
  createTableDeadLetterDesk,
  createTableDeadLetterIntake,
} from '../../../../shared/deadletter/table-dead-letters.ts';
import { createMemoryAnnouncements } from '../../../support/dead-letters/memory-announcements.ts';
import { deadLetterDeskContract } from '../../../support/contracts/dead-letter-desk.ts';

deadLetterDeskContract('Table Storage', async (clock) => {
  const name = `deadletters${randomUUID().replaceAll('-', '')}`;
  const table = TableClient.fromConnectionString(inject('storageConnection'), name, {
    allowInsecureConnection: true,
  });
  await table.createTable();
  const parts = { table, clock, newId: randomUUID, resolutions: createMemoryAnnouncements() };
  return { ...createTableDeadLetterIntake(parts), ...createTableDeadLetterDesk(parts) };
});
