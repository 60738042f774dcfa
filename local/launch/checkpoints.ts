import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventHubConsumerClient } from '@azure/event-hubs';
import { BlobServiceClient } from '@azure/storage-blob';
import { parseIncarnations } from './answers-codec.ts';
import type { Foundation } from './foundation.ts';

/** The container in which the Functions host keeps its checkpoints. */
const checkpointContainer = 'azure-webjobs-eventhub';
const incarnationsFile = 'incarnations.json';

/** The hubs that the application reads. */
export const hubs = ['events', 'bronze-landing', 'dead-letters'] as const;

/**
 * Removes the host's checkpoints of hubs that were created again since the last start: a restarted
 * broker numbers its events from 0, and a checkpoint of before would skip them.
 */
export async function removeStaleCheckpoints(
  dataFolder: string,
  { eventHubs, storage }: Pick<Foundation, 'eventHubs' | 'storage'>,
): Promise<void> {
  const path = join(dataFolder, incarnationsFile);
  const known = existsSync(path) ? parseIncarnations(await readFile(path, 'utf8')) : {};
  const found: Record<string, string> = {};
  for (const hub of hubs) {
    const { namespace, createdAt } = await describeHub(eventHubs, hub);
    const prefix = `${namespace}/${hub}/`;
    if (known[prefix] !== createdAt) await removeBlobs(storage, prefix);
    found[prefix] = createdAt;
  }
  await writeFile(path, JSON.stringify({ ...known, ...found }));
}

async function describeHub(
  connection: string,
  hub: string,
): Promise<{ readonly namespace: string; readonly createdAt: string }> {
  const client = new EventHubConsumerClient('$Default', connection, hub);
  try {
    const { createdOn } = await client.getEventHubProperties();
    const namespace = client.fullyQualifiedNamespace.toLowerCase();
    return { namespace, createdAt: createdOn.toISOString() };
  } finally {
    await client.close();
  }
}

async function removeBlobs(storage: string, prefix: string): Promise<void> {
  const service = BlobServiceClient.fromConnectionString(storage);
  const container = service.getContainerClient(checkpointContainer);
  if (!(await container.exists())) return;
  for await (const { name } of container.listBlobsFlat({ prefix })) {
    await container.deleteBlob(name);
  }
}
