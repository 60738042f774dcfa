import { EventHubProducerClient } from '@azure/event-hubs';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observeBrokers, type BrokerObserver } from '../../../../local/summary/broker-state.ts';
import { startChild, type RunningChild } from '../../../support/child-process.ts';

let broker: RunningChild;
let observer: BrokerObserver;
let hub: EventHubProducerClient;
let bus: ServiceBusClient;

beforeAll(async () => {
  broker = await startChild([
    'local/broker/main.ts',
    ...['--event-hubs', 'local/config/event-hubs.json'],
    ...['--service-bus', 'local/config/service-bus.json'],
  ]);
  const eventHubs = String(broker.ready['eventHubs']);
  const serviceBus = String(broker.ready['serviceBus']);
  observer = observeBrokers(['events', 'bronze-landing'], { eventHubs, serviceBus });
  hub = new EventHubProducerClient(eventHubs, 'events');
  bus = new ServiceBusClient(serviceBus);
});

afterAll(async () => {
  await observer.close();
  await hub.close();
  await bus.close();
  await broker.stop();
});

describe('observing the brokers', () => {
  it('sees empty partitions of both hubs and an idle relay', async () => {
    const { ends, isRelayBusy, hasDeadLetters } = await observer.read();
    expect(ends.map(({ last }) => last)).toEqual(Array.from({ length: 16 }, () => -1));
    expect(new Set(ends.map((end) => end.hub))).toEqual(new Set(['events', 'bronze-landing']));
    expect([isRelayBusy, hasDeadLetters]).toEqual([false, false]);
  });

  it('sees how far each partition goes', async () => {
    await hub.sendBatch([{ body: 'a' }, { body: 'b' }], { partitionId: '3' });
    const { ends } = await observer.read();
    const found = ends.filter(({ last }) => last >= 0);
    expect(found).toMatchObject([{ hub: 'events', partitionId: '3', last: 1 }]);
    expect(found[0]?.incarnation).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('sees messages of the relay until they are completed, also while they are locked', async () => {
    await bus.createSender('upstream-events').sendMessages({ body: Buffer.from('{}') });
    expect((await observer.read()).isRelayBusy).toBe(true);
    const receiver = bus.createReceiver('upstream-events', 'bronze-relay');
    const [message] = await receiver.receiveMessages(1);
    expect((await observer.read()).isRelayBusy).toBe(true);
    if (message !== undefined) await receiver.completeMessage(message);
    expect((await observer.read()).isRelayBusy).toBe(false);
  });

  it('sees dead letters of the relay until they are completed', async () => {
    await bus.createSender('upstream-events').sendMessages({ body: Buffer.from('no event') });
    const receiver = bus.createReceiver('upstream-events', 'bronze-relay');
    const [message] = await receiver.receiveMessages(1);
    if (message !== undefined) await receiver.deadLetterMessage(message);
    expect((await observer.read()).hasDeadLetters).toBe(true);
    const options = { subQueueType: 'deadLetter' } as const;
    const letters = bus.createReceiver('upstream-events', 'bronze-relay', options);
    const [letter] = await letters.receiveMessages(1);
    expect((await observer.read()).hasDeadLetters).toBe(true);
    if (letter !== undefined) await letters.completeMessage(letter);
    expect((await observer.read()).hasDeadLetters).toBe(false);
  });
});
