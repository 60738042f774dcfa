import { createHash } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import { orStatus, storageFailure } from '../kernel/storage-failure.ts';
import type { CircuitKey, CircuitStore, StoredCircuit } from '../ports/circuits.ts';
import { toCircuitColumns, toStoredCircuit, type CircuitRow } from './circuit-row-codec.ts';

/** Circuits in an existing table: a partition for each consumer, a row for each type. */
export function createTableCircuitStore(table: TableClient): CircuitStore {
  return {
    list: (consumer) => listRows(table, consumer),
    read: async (key) => {
      const { partitionKey, rowKey } = addressOf(key);
      const request = table.getEntity<CircuitRow>(partitionKey, rowKey);
      const row = await orStatus([404], request, 'read a circuit');
      return row && toStoredCircuit(row);
    },
    write: async (key, circuit, etag) => {
      const row = { ...addressOf(key), ...toCircuitColumns(key.type, circuit) };
      const request =
        etag === undefined ? table.createEntity(row) : table.updateEntity(row, 'Replace', { etag });
      return (await orStatus([404, 409, 412], request, 'change a circuit'))?.etag;
    },
    remove: async (key, etag) => {
      const { partitionKey, rowKey } = addressOf(key);
      const request = table.deleteEntity(partitionKey, rowKey, { etag });
      return (await orStatus([404, 412], request, 'forget a circuit')) !== undefined;
    },
  };
}

async function listRows(table: TableClient, consumer: string): Promise<readonly StoredCircuit[]> {
  const filter = `PartitionKey eq '${hashOf(consumer)}'`;
  const rows: StoredCircuit[] = [];
  try {
    const found = table.listEntities<CircuitRow>({ queryOptions: { filter } });
    for await (const row of found) rows.push(toStoredCircuit(row));
  } catch (cause) {
    throw storageFailure(cause, 'list circuits');
  }
  return rows;
}

function addressOf({ consumer, type }: CircuitKey) {
  return { partitionKey: hashOf(consumer), rowKey: hashOf(type) };
}

/** What a producer chose may hold anything. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
