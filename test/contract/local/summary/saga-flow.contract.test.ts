import { randomUUID } from 'node:crypto';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { ServiceBusClient } from '@azure/service-bus';
import { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { PartitionEnd } from '../../../../local/summary/broker-state.ts';
import { observeSagaFlow, type SagaFlowObserver } from '../../../../local/summary/saga-flow.ts';
import { startChild, type RunningChild } from '../../../support/child-process.ts';

/** Checkpoints of others are in the same storage. */
const consumerGroup = `cg-${randomUUID()}`;
let broker: RunningChild;
let observer: SagaFlowObserver;
let bus: ServiceBusClient;

beforeAll(async () => {
  broker = await startChild([
    'local/broker/main.ts',
    ...['--event-hubs', 'local/config/event-hubs.json'],
    ...['--service-bus', 'local/config/service-bus.json'],
  ]);
  const eventHubs = String(broker.ready['eventHubs']);
  const serviceBus = String(broker.ready['serviceBus']);
  const storage = inject('storageConnection');
  observer = observeSagaFlow({ eventHubs, serviceBus, storage, consumerGroup });
  bus = new ServiceBusClient(serviceBus);
});

afterAll(async () => {
  await observer.close();
  await bus.close();
  await broker.stop();
});

const end = (partitionId: string, last: number, hub = 'events'): PartitionEnd => ({
  ...{ hub, partitionId, last, incarnation: '2026-05-01T00:00:00.000Z' },
});

async function checkpoint(partitionId: string, sequenceNumber: number): Promise<void> {
  const container = new ContainerClient(inject('storageConnection'), 'azure-webjobs-eventhub');
  await container.createIfNotExists();
  await new BlobCheckpointStore(container).updateCheckpoint({
    ...{ consumerGroup, partitionId, sequenceNumber, offset: String(sequenceNumber) },
    ...{ eventHubName: 'events', fullyQualifiedNamespace: '127.0.0.1' },
  });
}

describe('observing what is on its way to the sagas', () => {
  it('sees nothing where there is nothing', async () => {
    const nothing = { behind: [], waiting: [], stranded: [] };
    expect(await observer.read([end('0', -1), end('0', 5, 'bronze-landing')])).toEqual(nothing);
  });

  it('sees how far the group has read each partition of the hub', async () => {
    const ends = [end('0', 9), end('1', 4), end('2', 0)];
    const unread = ends.map(({ partitionId, last }) => ({ partitionId, last, read: -1 }));
    expect((await observer.read(ends)).behind).toEqual(unread);
    await checkpoint('0', 8);
    await checkpoint('1', 4);
    expect((await observer.read(ends)).behind).toEqual([
      { partitionId: '0', read: 8, last: 9 },
      { partitionId: '2', read: -1, last: 0 },
    ]);
  });

  it('sees a start in the subscription until it is completed, also while it is locked', async () => {
    await bus.createSender('upstream-events').sendMessages({ body: 'created' });
    const found = { name: 'subscription upstream-events/order-sagas', isStart: true };
    expect((await observer.read([])).waiting).toMatchObject([found]);
    const receiver = bus.createReceiver('upstream-events', 'order-sagas');
    const [message] = await receiver.receiveMessages(1);
    expect((await observer.read([])).waiting).toMatchObject([found]);
    if (message !== undefined) await receiver.completeMessage(message);
    expect((await observer.read([])).waiting).toEqual([]);
  });

  it('sees commands of sessions, those that are scheduled too, and the oldest of them move', async () => {
    const sender = bus.createSender('payment-commands');
    await sender.sendMessages(['a', 'b'].map((body) => ({ body, sessionId: 'SO-1' })));
    const later = { body: 'c', sessionId: 'SO-2' };
    const replies = bus.createSender('saga-replies');
    const scheduled = await replies.scheduleMessages(later, new Date(Date.now() + 60_000));
    const { waiting } = await observer.read([]);
    expect(waiting).toEqual([
      { name: 'queue payment-commands', isStart: false, oldest: '1' },
      { name: 'queue saga-replies', isStart: false, oldest: '1' },
    ]);
    const receiver = await bus.acceptSession('payment-commands', 'SO-1');
    const [message] = await receiver.receiveMessages(1);
    if (message !== undefined) await receiver.completeMessage(message);
    expect((await observer.read([])).waiting[0]).toMatchObject({ oldest: '2' });
    const [last] = await receiver.receiveMessages(1);
    if (last !== undefined) await receiver.completeMessage(last);
    await replies.cancelScheduledMessages(scheduled);
    expect((await observer.read([])).waiting).toEqual([]);
  });

  it('names the entities whose dead letters wait, when nothing else does', async () => {
    const sender = bus.createSender('orders');
    await sender.sendMessages(['a', 'b'].map((body) => ({ body, sessionId: 'SO-3' })));
    const receiver = await bus.acceptSession('orders', 'SO-3');
    const [first, second] = await receiver.receiveMessages(2);
    if (first !== undefined) await receiver.deadLetterMessage(first);
    expect((await observer.read([])).stranded).toEqual([]);
    if (second !== undefined) await receiver.completeMessage(second);
    expect((await observer.read([])).stranded).toEqual(['queue orders']);
    const letters = bus.createReceiver('orders', { subQueueType: 'deadLetter' });
    const [letter] = await letters.receiveMessages(1);
    if (letter !== undefined) await letters.completeMessage(letter);
    expect((await observer.read([])).stranded).toEqual([]);
  });
});
