import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { removeStaleCheckpoints } from '../../../../local/launch/checkpoints.ts';
import { startChild, type RunningChild } from '../../../support/child-process.ts';

const broker = ['local/broker/main.ts', '--event-hubs', 'local/config/event-hubs.json'];
/** The name that the SDK gives a checkpoint; another hub's stands beside it. */
const own = '127.0.0.1/events/cg-data-bronze/checkpoint/0';
const others = '127.0.0.1/of-somebody-else/cg-data-bronze/checkpoint/0';

let folder: string;
let container: ContainerClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-checkpoints-'));
  const service = BlobServiceClient.fromConnectionString(inject('storageConnection'));
  container = service.getContainerClient('azure-webjobs-eventhub');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function checkpointAgain(): Promise<void> {
  await container.createIfNotExists();
  for (const name of [own, others]) await container.getBlockBlobClient(name).upload('', 0);
}

async function areThere(): Promise<readonly boolean[]> {
  return Promise.all([own, others].map((name) => container.getBlobClient(name).exists()));
}

function remove(running: RunningChild): Promise<void> {
  const eventHubs = String(running.ready['eventHubs']);
  return removeStaleCheckpoints(folder, { eventHubs, storage: inject('storageConnection') });
}

describe('checkpoints of a former broker', () => {
  it('are removed, those of the same broker and of other hubs are kept', async () => {
    const first = await startChild(broker);
    await checkpointAgain();
    await remove(first);
    expect(await areThere()).toEqual([false, true]);
    await checkpointAgain();
    await remove(first);
    expect(await areThere()).toEqual([true, true]);
    await first.stop();

    const second = await startChild(broker);
    await remove(second);
    expect(await areThere()).toEqual([false, true]);
    await second.stop();
  });
});
