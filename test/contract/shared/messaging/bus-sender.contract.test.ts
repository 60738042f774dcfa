import { ServiceBusClient } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { createBusSender } from '../../../../shared/messaging/bus-sender.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { OutgoingMessage } from '../../../../shared/ports/bus.ts';
import {
  peekAll,
  queue,
  receiveNone,
  receiveOne,
  startServiceBus,
} from '../../local/broker/servicebus/harness.ts';

const commands = 'payment-commands';
const entities = {
  Queues: [queue(commands, { RequiresSession: true }), queue('plain')],
  Topics: [
    { Name: 'saga-events', Properties: {}, Subscriptions: [{ Name: 'orders', Properties: {} }] },
  ],
};

function message(fields: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    messageId: 'SO-1/charge-payment',
    sessionId: 'SO-1',
    contentType: 'application/cloudevents+json; charset=utf-8',
    subject: 'com.bronzeflow.payment.charge-payment.requested',
    correlationId: 'SO-1',
    properties: { traceparent: '00-trace', count: 2, postponed: true },
    body: new TextEncoder().encode('{"data":"é"}'),
    ...fields,
  };
}

/** Otherwise the SDK parses bodies that look like JSON. */
const asBytes = { skipParsingBodyAsJson: true };

/** The port of a server that nobody runs. */
const nowhere =
  'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=k;SharedAccessKey=s;UseDevelopmentEmulator=true';

describe('createBusSender', () => {
  it('sends every part of a message, and its body as the bytes that they are', async () => {
    const broker = await startServiceBus(entities);
    await createBusSender(broker.client).send(commands, message());
    const receiver = await broker.client.acceptSession(commands, 'SO-1', asBytes);
    const received = await receiveOne(receiver);
    expect(received).toMatchObject({
      messageId: 'SO-1/charge-payment',
      sessionId: 'SO-1',
      contentType: 'application/cloudevents+json; charset=utf-8',
      subject: 'com.bronzeflow.payment.charge-payment.requested',
      correlationId: 'SO-1',
      applicationProperties: { traceparent: '00-trace', count: 2, postponed: true },
    });
    expect(Buffer.from(received.body as Uint8Array).toString('utf8')).toBe('{"data":"é"}');
  });

  it('sends a view of a larger buffer, and nothing else of that buffer', async () => {
    const broker = await startServiceBus(entities);
    const body = new TextEncoder().encode('secret{}secret').subarray(6, 8);
    await createBusSender(broker.client).send('plain', message({ body }));
    const received = await receiveOne(broker.client.createReceiver('plain', asBytes));
    expect(Buffer.from(received.body as Uint8Array).toString()).toBe('{}');
  });

  it('sends to topics', async () => {
    const broker = await startServiceBus(entities);
    await createBusSender(broker.client).send('saga-events', message());
    const receiver = broker.client.createReceiver('saga-events', 'orders');
    expect((await receiveOne(receiver)).messageId).toBe('SO-1/charge-payment');
  });

  it('delivers a scheduled message when its time has come and not before', async () => {
    const broker = await startServiceBus(entities);
    const sender = createBusSender(broker.client);
    await sender.send('plain', message(), epochMs(Date.now() + 60_000));
    const receiver = broker.client.createReceiver('plain');
    expect(await receiveNone(receiver)).toEqual([]);
    await broker.passTime(61_000);
    expect((await receiveOne(receiver)).messageId).toBe('SO-1/charge-payment');
  });

  it('opens one link for each entity, however many messages go through it', async () => {
    const broker = await startServiceBus(entities);
    const opened: string[] = [];
    const counted: ServiceBusClient = Object.assign(
      Object.create(broker.client) as ServiceBusClient,
      {
        createSender: (entity: string) => {
          opened.push(entity);
          return broker.client.createSender(entity);
        },
      },
    );
    const sender = createBusSender(counted);
    const sendings = Array.from({ length: 20 }, (_, at) =>
      sender.send(at % 2 === 0 ? 'plain' : commands, message({ messageId: `m${at}` })),
    );
    await Promise.all(sendings);
    expect(opened.toSorted()).toEqual([commands, 'plain']);
    expect(await peekAll(broker, 'plain')).toHaveLength(10);
  });

  it('refuses a message that is too large for good, and goes on with the next', async () => {
    const broker = await startServiceBus(entities, { maxMessageBytes: 10_000 });
    const sender = createBusSender(broker.client);
    const body = new Uint8Array(20_000);
    await expect(sender.send('plain', message({ body }))).rejects.toMatchObject({
      code: 'message.refused',
      kind: 'permanent',
      details: { entity: 'plain' },
    });
    await sender.send('plain', message());
    expect(await peekAll(broker, 'plain')).toHaveLength(1);
  });

  it.each([
    ['an entity that is not there', 'missing'],
    ['a session queue without a session', commands],
  ])('takes %s for a broker that is not ready', async (_, entity) => {
    const broker = await startServiceBus(entities);
    const sender = createBusSender(broker.client);
    const sessionless = { ...message(), sessionId: undefined } as unknown as OutgoingMessage;
    await expect(sender.send(entity, sessionless)).rejects.toMatchObject({
      code: 'broker.unavailable',
      kind: 'transient',
      details: { entity },
    });
  });

  it('says for now that a broker does not answer', async () => {
    const client = new ServiceBusClient(nowhere, {
      retryOptions: { maxRetries: 0, timeoutInMs: 1_000 },
    });
    await expect(createBusSender(client).send('plain', message())).rejects.toMatchObject({
      code: 'broker.unavailable',
      kind: 'transient',
    });
    await client.close();
  });
});
