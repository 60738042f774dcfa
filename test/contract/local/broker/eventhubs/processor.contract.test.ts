import { randomUUID } from 'node:crypto';
import { EventHubConsumerClient, type Subscription } from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { ContainerClient } from '@azure/storage-blob';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { startHub, type HubFixture } from './hub-fixture.ts';

async function createContainer(): Promise<ContainerClient> {
  const container = new ContainerClient(inject('storageConnection'), `hub-${randomUUID()}`);
  await container.create();
  return container;
}

/** An event processor that checkpoints every batch, as the Functions host runs one. */
function startProcessor(
  hub: HubFixture,
  container: ContainerClient,
): { readonly bodies: number[]; readonly owned: Set<string>; stop(): Promise<void> } {
  const bodies: number[] = [];
  const owned = new Set<string>();
  const consumer = new EventHubConsumerClient(
    '$Default',
    hub.connection,
    'events',
    new BlobCheckpointStore(container),
    {
      loadBalancingOptions: {
        updateIntervalInMs: 100,
        partitionOwnershipExpirationIntervalInMs: 2000,
        strategy: 'greedy',
      },
    },
  );
  const subscription: Subscription = consumer.subscribe(
    {
      processInitialize: (context) => Promise.resolve(void owned.add(context.partitionId)),
      processClose: (_reason, context) => Promise.resolve(void owned.delete(context.partitionId)),
      processEvents: async (events, context) => {
        bodies.push(...events.map((event) => Number(event.body)));
        const last = events.at(-1);
        if (last !== undefined) await context.updateCheckpoint(last);
      },
      // Losing a partition to the other processor is what this is about.
      processError: () => Promise.resolve(),
    },
    { startPosition: { offset: '-1' }, maxWaitTimeInSeconds: 0.2 },
  );
  const stop = async (): Promise<void> => {
    await subscription.close();
    await consumer.close();
  };
  onTestFinished(stop);
  return { bodies, owned, stop };
}

const patience = { timeout: 20_000, interval: 50 };

describe('Event processors with a checkpoint store', () => {
  it('share the partitions and read every event', async () => {
    const hub = await startHub();
    const container = await createContainer();
    const first = startProcessor(hub, container);
    await vi.waitFor(() => {
      expect(first.owned.size).toBe(4);
    }, patience);
    const second = startProcessor(hub, container);
    await vi.waitFor(() => {
      expect([first.owned.size, second.owned.size]).toEqual([2, 2]);
    }, patience);
    const producer = hub.producer();
    for (let body = 0; body < 40; body++) await producer.sendBatch([{ body }]);
    await vi.waitFor(() => {
      const seen = new Set([...first.bodies, ...second.bodies]);
      expect(seen.size).toBe(40);
    }, patience);
    expect(first.bodies.length).toBeGreaterThan(0);
    expect(second.bodies.length).toBeGreaterThan(0);
  });

  it('go on at the checkpoint of a processor that has stopped', async () => {
    const hub = await startHub();
    const container = await createContainer();
    const producer = hub.producer();
    const first = startProcessor(hub, container);
    for (let body = 0; body < 8; body++) await producer.sendBatch([{ body }]);
    await vi.waitFor(() => {
      expect(first.bodies.length).toBe(8);
    }, patience);
    await first.stop();
    for (let body = 8; body < 16; body++) await producer.sendBatch([{ body }]);
    const second = startProcessor(hub, container);
    await vi.waitFor(() => {
      expect(second.bodies.toSorted((a, b) => a - b)).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
    }, patience);
  });
});
