import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { ContainerClient } from '@azure/storage-blob';
import { openDuck } from '../../../cli/duck.ts';
import { openLake } from '../../../cli/lake.ts';
import { runQuery } from '../../../cli/query.ts';
import { composeLakePayloads } from '../../../functions/compose/lake-payloads.ts';
import {
  connectLake,
  openDeltaTables,
  type ObjectStore,
  type OpenDeltaTables,
} from '../../../shared/bronze/index.ts';
import {
  createTableDeadLetterDesk,
  createTableDeadLetterIntake,
} from '../../../shared/deadletter/table-dead-letters.ts';
import { purgePayloads } from '../../../shared/deadletter/purge-payloads.ts';
import { createBronzeIngest } from '../../../shared/ingest/bronze-ingest.ts';
import { deadLetterId } from '../../../shared/ingest/dead-letter-id.ts';
import { deadLetterTable } from '../../../shared/ingest/dead-letter-rows.ts';
import { durationMs, epochMs, type EpochMs } from '../../../shared/kernel/time.ts';
import { createDeadLetterReader } from '../../../shared/messaging/dead-letters/dead-letter-reader.ts';
import {
  createDeadLetterSender,
  type HubDeadLetterSender,
} from '../../../shared/messaging/dead-letters/dead-letter-sender.ts';
import { createDeadLetterUnwrapper } from '../../../shared/messaging/dead-letters/dead-letter-unwrapper.ts';
import type { HubSender } from '../../../shared/messaging/hub-sender.ts';
import { createBlobPayloadStore } from '../../../shared/payloads/blob-payload-store.ts';
import type { DeadLetterDesk } from '../../../shared/ports/dead-letter-desk.ts';
import { eagerUpkeep } from '../bronze/bronze-house.ts';
import { shiftTime } from '../bronze/time-shifted-store.ts';
import { findText } from '../bronze/scan-store.ts';
import { sampleWith } from '../events/messages.ts';
import { readerWith } from '../events/readers.ts';
import { createMemoryClaims } from '../ingest-world/memory-claims.ts';
import { createMemoryHub, type MemoryHub } from '../ingest-world/memory-hub.ts';
import { createMemoryLedger } from '../ingest-world/memory-ledger.ts';
import { deadMessage } from './dead-messages.ts';

export const dayMs = 86_400_000;

/** The whole way of dead letters over real stores, with a clock that the test moves. */
export interface LetterHouse {
  readonly desk: DeadLetterDesk;
  readonly sender: HubDeadLetterSender;
  readonly hub: MemoryHub;
  readonly tables: OpenDeltaTables;
  readonly lake: ContainerClient;
  readonly now: () => EpochMs;
  pass(ms: number): void;
  /** A message of this number dies now, with a payload that holds the text; returns its id. */
  die(sequenceNumber: number, text: string): Promise<string>;
  /** Lands everything that the hub has, from its beginning: most of it once more. */
  land(store?: ObjectStore): Promise<void>;
  /** Purges as the timer does, the lake through `store` when that is given. */
  purge(store?: ObjectStore): Promise<number>;
  /** The store of the lake. */
  readonly store: ObjectStore;
  /** Runs SQL as `npm run sql` does. */
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** Names of the blobs, of the lake or of payloads, that have the text in them. */
  find(text: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

export async function createLetterHouse(storage: string): Promise<LetterHouse> {
  const name = randomUUID();
  let passed = 0;
  const clock = { now: () => epochMs(Date.now() + passed) };
  const table = TableClient.fromConnectionString(storage, `letters${name.replaceAll('-', '')}`, {
    allowInsecureConnection: true,
  });
  await table.createTable();
  const [lake, blobs] = [`lake-${name}`, `payloads-${name}`].map(
    (container) => new ContainerClient(storage, container),
  ) as [ContainerClient, ContainerClient];
  const connection = { connectionString: storage, container: lake.containerName } as const;
  const opened = connectLake({ target: 'blob', ...connection }, { newId: randomUUID });
  await opened.probe();
  const store = shiftTime(opened.store, () => passed);
  const open = (view: ObjectStore) =>
    openDeltaTables({ store: view, clock, newId: randomUUID, log, options: eagerUpkeep });
  const tables = open(store);
  const payloads = createBlobPayloadStore(blobs);
  const hub = createMemoryHub('dead-letters');
  const sender = createDeadLetterSender({
    sender: senderTo(hub),
    partitionIds: () => Promise.resolve(['0']),
    payloads,
  });
  const parts = { table, clock, newId: randomUUID, resolutions: sender };
  const desk = createTableDeadLetterDesk(parts);
  const ports = {
    ...{ payloads, hub, clock, log },
    claims: createMemoryClaims(),
    ledger: createMemoryLedger(),
    deadLetters: createTableDeadLetterIntake(parts),
    reader: createDeadLetterReader(readerWith(), deadLetterTable),
    relay: createDeadLetterUnwrapper({ countedOrigins: new Set(), payloads }),
  };
  const cacheFolder = await mkdtemp(join(tmpdir(), 'bronzeflow-letters-'));
  return {
    ...{ desk, sender, hub, tables, lake, store },
    now: clock.now,
    pass: (ms) => void (passed += ms),
    die: async (sequenceNumber, text) => {
      const body = Buffer.from(sampleWith({ data: { text } }));
      const message = deadMessage({ sequenceNumber, body, deadLetteredAt: clock.now() });
      await sender.reject([message]);
      return deadLetterId({ author: message.author, sequenceNumber, index: 0 });
    },
    land: async (view) => {
      const own = view === undefined ? tables : open(view);
      await createBronzeIngest({ ...ports, tables: own }).consume(hub.batch('0', 0));
      await own.idle();
    },
    purge: (view = store) => {
      const [retention, landing] = [durationMs(14 * dayMs), durationMs(30 * dayMs)];
      const runTime = durationMs(60_000);
      const lakePayloads = composeLakePayloads(open(view));
      const duty = { desk, payloads, lake: lakePayloads, clock, log };
      return purgePayloads({ ...duty, retention, landing, runTime });
    },
    query: async (sql) => {
      const { connection: duck, close } = await openDuck();
      try {
        const source = { connection: duck, lake: openLake(lake), cacheFolder };
        const answer = await runQuery({ sql, versions: new Map() }, source);
        return answer.getRowObjectsJson();
      } finally {
        close();
      }
    },
    find: async (text) => {
      const found = await Promise.all([lake, blobs].map((one) => findIn(one, text)));
      return found.flat();
    },
    close: () => rm(cacheFolder, { recursive: true, force: true }),
  };
}

async function findIn(container: ContainerClient, text: string): Promise<readonly string[]> {
  if (!(await container.exists())) return [];
  const objects = [];
  for await (const { name } of container.listBlobsFlat()) {
    objects.push({ name, bytes: await container.getBlobClient(name).downloadToBuffer() });
  }
  return findText(objects, text);
}

function senderTo(hub: MemoryHub): HubSender {
  return {
    open: (partitionId) => {
      const events: (() => unknown)[] = [];
      return Promise.resolve({
        tryAdd: ({ body, contentType, properties }) => {
          const sent = { body, properties: Object.fromEntries(properties) };
          const mode = contentType === undefined ? {} : { contentType };
          return events.push(() => hub.send(partitionId, { ...sent, ...mode })) > 0;
        },
        get size() {
          return events.length;
        },
        send: () => {
          for (const send of events) send();
          return Promise.resolve();
        },
      });
    },
  };
}
