/**
 * The floor of the throughput bench: drains the hub through the same client and checkpoint store,
 * and makes the storage requests that landing makes, with blank rows. `bare-loop.ts COUNT`.
 */
import { randomUUID } from 'node:crypto';
import { TableClient, type TransactionAction } from '@azure/data-tables';
import { EventHubConsumerClient } from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { ContainerClient } from '@azure/storage-blob';

const expected = Number(process.argv[2]);
const storage = process.env['AzureWebJobsStorage'] ?? '';
const buckets = 8;
const rowsPerTransaction = 98;
const tables = 7;
const bytesPerRow = 150;

const rows = TableClient.fromConnectionString(storage, 'bareloop', {
  allowInsecureConnection: true,
});
const lake = new ContainerClient(storage, 'bareloop');
const checkpoints = new ContainerClient(storage, 'barecheckpoints');
await Promise.all([rows.createTable(), lake.create(), checkpoints.create()]);

const client = new EventHubConsumerClient(
  'cg-data-bronze',
  process.env['EventHubs'] ?? '',
  'events',
  new BlobCheckpointStore(checkpoints),
  { loadBalancingOptions: { strategy: 'greedy', updateIntervalInMs: 200 } },
);

let drained = 0;
client.subscribe(
  {
    processEvents: async (events, context) => {
      const last = events.at(-1);
      if (last === undefined) return;
      await storeBlank(events.length);
      await context.updateCheckpoint(last);
      drained += events.length;
      if (drained >= expected) process.stderr.write('drained\n');
    },
    processError: () => Promise.resolve(),
  },
  {
    maxBatchSize: 1_000,
    maxWaitTimeInSeconds: 60,
    startPosition: { offset: '-1' },
    skipParsingBodyAsJson: true,
  },
);
process.stdout.write('{"ready":true}\n');
process.on('SIGTERM', () => process.exit(0));

/** Claims, then the plan, then per table: look for a newer commit, put a data file, put a commit. */
async function storeBlank(count: number): Promise<void> {
  const perBucket = Math.ceil(count / buckets);
  const sizes = Array.from({ length: buckets }, () => chunks(perBucket)).flat();
  await Promise.all(sizes.map((size) => insert(size)));
  await insert(2);
  const bytes = Buffer.alloc(Math.ceil((count * bytesPerRow) / tables), 'x');
  await Promise.all(
    Array.from({ length: tables }, async () => {
      const name = randomUUID();
      await Promise.all([
        lake
          .getBlobClient(`${name}/next`)
          .download()
          .catch(() => undefined),
        lake.getBlockBlobClient(`${name}/data`).upload(bytes, bytes.length),
      ]);
      await lake
        .getBlockBlobClient(`${name}/commit`)
        .upload('{}', 2, { conditions: { ifNoneMatch: '*' } });
    }),
  );
}

function chunks(count: number): readonly number[] {
  const full = Math.floor(count / rowsPerTransaction);
  const rest = count % rowsPerTransaction;
  return [...Array.from({ length: full }, () => rowsPerTransaction), ...(rest > 0 ? [rest] : [])];
}

async function insert(count: number): Promise<void> {
  const partitionKey = randomUUID();
  const actions = Array.from({ length: count }, (_, place): TransactionAction => [
    'create',
    { partitionKey, rowKey: String(place), a: '', b: '', c: '' },
  ]);
  await rows.submitTransaction(actions);
}
