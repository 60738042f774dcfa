import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { inject } from 'vitest';
import { createTableReplayBook } from '../../../../shared/deadletter/stage-replay.ts';
import {
  createTableDeadLetterDesk,
  createTableDeadLetterIntake,
} from '../../../../shared/deadletter/table-dead-letters.ts';
import { createMemoryAnnouncements } from '../../../support/dead-letters/memory-announcements.ts';
import { replayBookContract } from '../../../support/contracts/replay-book.ts';

replayBookContract('Table Storage', async (clock) => {
  const name = `replays${randomUUID().replaceAll('-', '')}`;
  const table = TableClient.fromConnectionString(inject('storageConnection'), name, {
    allowInsecureConnection: true,
  });
  await table.createTable();
  const parts = { table, clock, newId: randomUUID, resolutions: createMemoryAnnouncements() };
  return {
    ...createTableDeadLetterIntake(parts),
    ...createTableDeadLetterDesk(parts),
    ...createTableReplayBook(parts),
  };
});
