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
    const { ends, isRelayBusy, deadLetters } = await observer.read();
    expect(ends.map(({ last }) => last)).toEqual(Array.from({ length: 16 }, () => -1));
    expect(new Set(ends.map((end) => end.hub))).toEqual(new Set(['events', 'bronze-landing']));
    expect([isRelayBusy, deadLetters.size]).toEqual([false, 0]);
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

  it('counts the events in dead-lettered messages once, by reason', async () => {
    const sender = bus.createSender('upstream-events');
    const batch = { body: Buffer.from('[{}, {}, {}]'), contentType: 'application/json' };
    await sender.sendMessages([{ body: Buffer.from('no event') }, batch]);
    const receiver = bus.createReceiver('upstream-events', 'bronze-relay');
    for (const deadLetterReason of ['TooOld', 'TooMany']) {
      const [message] = await receiver.receiveMessages(1);
      const options = { deadLetterReason, deadLetterErrorDescription: '' };
      if (message !== undefined) await receiver.deadLetterMessage(message, options);
    }
    const expected = { TooOld: 1, TooMany: 3 };
    expect(Object.fromEntries((await observer.read()).deadLetters)).toEqual(expected);
    expect(Object.fromEntries((await observer.read()).deadLetters)).toEqual(expected);
  });
});
