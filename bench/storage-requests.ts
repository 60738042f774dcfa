import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { openEventReader } from '../functions/compose/event-reader.ts';
import { connectLake, openDeltaTables, type ObjectStore } from '../shared/bronze/index.ts';
import { createTableClaimStore } from '../shared/idempotency/table-claim-store.ts';
import { createBronzeIngest, type BronzeIngest } from '../shared/ingest/bronze-ingest.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { createTableLedger } from '../shared/ledger/table-ledger.ts';
import { readConfig } from '../shared/config/read-config.ts';
import { startAzurite } from '../test/support/azurite.ts';
import { sampleSettings } from './cold-import.ts';
import type { Bench } from './measurement.ts';
import { sampleMessages } from './sample-messages.ts';

const batch = 1_000;
const log = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };

const partition = {
  namespace: 'bench',
  hub: 'events',
  incarnation: '2026-11-20T00:00:00Z',
  consumerGroup: 'cg-data-bronze',
  partitionId: '0',
};

/** Requests of each kind. */
type Requests = Map<string, number>;

/** Storage requests for 1,000 new events of seven types in one batch, at steady state. */
export const storageRequests: Bench = {
  name: 'storage-requests',
  run: async () => {
    const azurite = await startAzurite();
    try {
      const requests: Requests = new Map();
      const ingest = await openIngest(azurite.connection, requests);
      await ingest.consume({ partition, messages: sampleMessages(batch) });
      requests.clear();
      await ingest.consume({ partition, messages: sampleMessages(batch, batch) });
      return [
        {
          what: 'storage requests per 1,000 events of 7 types',
          value: [...requests.values()].reduce((sum, count) => sum + count, 0),
          unit: 'requests',
          budget: 40,
          kind: 'most',
          detail: [...requests].map(([kind, count]) => `${kind} ${count}`).join(', '),
        },
      ];
    } finally {
      await azurite.stop();
    }
  },
};

async function openIngest(connection: string, requests: Requests): Promise<BronzeIngest> {
  const config = readConfig({ ...(await sampleSettings()), AzureWebJobsStorage: connection });
  if (!config.ok) throw new Error(JSON.stringify(config.problem));
  const lake = connectLake(
    { target: 'blob', container: 'bench', connectionString: connection },
    { newId: randomUUID },
  );
  await lake.probe();
  const [claimTable, ledgerTable] = [
    await openTable(connection, 'claims', requests),
    await openTable(connection, 'ledger', requests),
  ];
  const clock = systemClock;
  const newId = randomUUID;
  return createBronzeIngest({
    reader: openEventReader(config.value),
    relay: { unwrap: (message, origin) => Promise.resolve({ origin, message }) },
    claims: createTableClaimStore({ table: claimTable, sink: 'bronze', clock, newId }),
    ledger: createTableLedger(ledgerTable),
    tables: openDeltaTables({ store: countStore(lake.store, requests), clock, newId, log }),
    deadLetters: { record: () => Promise.resolve() },
    payloads: {
      put: (name) => Promise.resolve(name),
      get: () => Promise.resolve(new Uint8Array()),
    },
    hub: {
      isCurrent: () => Promise.resolve(true),
      bounds: () => Promise.resolve({ beginSequenceNumber: 0, lastSequenceNumber: 2 * batch }),
      read: () => Promise.resolve([]),
    },
    clock,
    log,
  });
}

async function openTable(
  connection: string,
  name: string,
  requests: Requests,
): Promise<TableClient> {
  const table = TableClient.fromConnectionString(connection, name, {
    allowInsecureConnection: true,
  });
  await table.createTable();
  table.pipeline.addPolicy({
    name: 'count',
    sendRequest: (request, next) => {
      count(requests, `${name} ${request.method}`);
      return next(request);
    },
  });
  return table;
}

function countStore(store: ObjectStore, requests: Requests): ObjectStore {
  const counted =
    <Args extends readonly unknown[], Answer>(kind: string, call: (...args: Args) => Answer) =>
    (...args: Args): Answer => {
      count(requests, `lake ${kind}`);
      return call(...args);
    };
  return {
    putIfAbsent: counted('create', (name, bytes) => store.putIfAbsent(name, bytes)),
    put: counted('put', (name, bytes) => store.put(name, bytes)),
    get: counted('get', (name) => store.get(name)),
    list: counted('list', (prefix) => store.list(prefix)),
    listFolders: counted('list', (prefix) => store.listFolders(prefix)),
    delete: counted('delete', (name) => store.delete(name)),
  };
}

function count(requests: Requests, kind: string): void {
  requests.set(kind, (requests.get(kind) ?? 0) + 1);
}
