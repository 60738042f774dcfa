import { deltaTablesContract } from '../../../support/contracts/delta-tables.ts';
import {
  createMemoryTables,
  type MemoryLake,
} from '../../../support/ingest-world/memory-tables.ts';

const lake: MemoryLake = new Map();

deltaTablesContract('in memory', () =>
  Promise.resolve({
    tables: createMemoryTables(lake),
    sequenceNumbers: (table) =>
      Promise.resolve((lake.get(table)?.rows ?? []).map(({ sequenceNumber }) => sequenceNumber)),
  }),
);
