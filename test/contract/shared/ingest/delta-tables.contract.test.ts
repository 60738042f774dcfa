import { randomUUID } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { inject } from 'vitest';
import { connectLake, openDeltaTables } from '../../../../shared/bronze/index.ts';
import { systemClock } from '../../../../shared/kernel/time.ts';
import { deltaTablesContract, type OpenedTables } from '../../../support/contracts/delta-tables.ts';

const container = `lake-${randomUUID()}`;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A writer with a memory of its own, on the lake that all of them share. */
async function open(): Promise<OpenedTables> {
  const connectionString = inject('storageConnection');
  const lake = connectLake({ target: 'blob', connectionString, container }, { newId: randomUUID });
  await lake.probe();
  const { store } = lake;
  const writer = { store, clock: systemClock, newId: randomUUID, log: silent };
  return {
    tables: openDeltaTables(writer),
    sequenceNumbers: async (table) => {
      const snapshot = await openDeltaTables(writer).snapshot(table);
      const files = snapshot?.files.map(async ({ name }) => {
        const object = await store.get(name);
        if (!object.found) throw new Error(`${name} is in the log and not in the lake`);
        return await readSequenceNumbers(object.bytes);
      });
      return (await Promise.all(files ?? [])).flat();
    },
  };
}

async function readSequenceNumbers(bytes: Uint8Array): Promise<number[]> {
  const rows = await parquetReadObjects({
    file: Uint8Array.from(bytes).buffer,
    columns: ['sequence_number'],
    compressors: { ZSTD: (input) => zstdDecompressSync(input) },
  });
  return rows.map((row) => Number(row['sequence_number']));
}

deltaTablesContract('Delta on blob storage', open);
