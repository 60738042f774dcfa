import { randomBytes } from 'node:crypto';
import { connect as connectSocket } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  bodies,
  queue,
  receive,
  receiveNone,
  receiveOne,
  startServiceBus,
  type Broker,
} from './harness.ts';

async function sendGarbage({ port }: Broker, bytes: Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    const socket = connectSocket(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve();
    });
    socket.resume();
  });
}

describe('Sending to Service Bus over AMQP', () => {
  it('takes a batch that the client fills up to the size the link allows', async () => {
    const { client } = await startServiceBus({ Queues: [queue('orders')] });
    const sender = client.createSender('orders');
    const batch = await sender.createMessageBatch();
    expect(batch.maxSizeInBytes).toBe(1024 * 1024);
    let count = 0;
    while (batch.tryAddMessage({ body: 'x'.repeat(10_000), messageId: `m${count}` })) count++;
    await sender.sendMessages(batch);
    const messages = await receive(client.createReceiver('orders'), count);
    expect(messages.map(({ messageId }) => messageId)).toEqual(
      Array.from({ length: count }, (_, index) => `m${index}`),
    );
  });

  it('carries a message of 900 KB there and back', async () => {
    const { client } = await startServiceBus({ Queues: [queue('orders')] });
    const body = randomBytes(900 * 1024);
    await client.createSender('orders').sendMessages({ body });
    const message = await receiveOne(client.createReceiver('orders'));
    expect(Buffer.compare(message.body as Buffer, body)).toBe(0);
  });

  it('refuses a message that is larger than the link allows, and nothing else', async () => {
    const { client } = await startServiceBus(
      { Queues: [queue('orders')] },
      { maxMessageBytes: 10_000 },
    );
    const sender = client.createSender('orders');
    await expect(sender.sendMessages({ body: 'x'.repeat(20_000) })).rejects.toMatchObject({
      code: 'MessageSizeExceeded',
    });
    await sender.sendMessages({ body: 'small' });
    expect(bodies(await receive(client.createReceiver('orders'), 1))).toEqual(['small']);
  });

  it('gives an id to a message that has none', async () => {
    const { client } = await startServiceBus({ Queues: [queue('orders')] });
    await client.createSender('orders').sendMessages([{ body: 1 }, { body: 2 }]);
    const ids = (await receive(client.createReceiver('orders'), 2)).map(
      ({ messageId }) => messageId,
    );
    expect(ids.every((id) => typeof id === 'string' && id.length === 36)).toBe(true);
    expect(new Set(ids).size).toBe(2);
  });

  it('keeps every body as it was sent: bytes, text, JSON, value and sequence', async () => {
    const { client } = await startServiceBus({ Queues: [queue('orders')] });
    const sender = client.createSender('orders');
    await sender.sendMessages({ body: Buffer.from([0, 255, 1]) });
    await sender.sendMessages({ body: 'text \u{1F600}' });
    await sender.sendMessages({ body: { nested: [1, { two: 2 }] } });
    await sender.sendMessages({ body: 42, bodyType: 'value' });
    await sender.sendMessages({ body: [1, 'two'], bodyType: 'sequence' });
    const [bytes, ...others] = bodies(await receive(client.createReceiver('orders'), 5));
    expect([...(bytes as Buffer)]).toEqual([0, 255, 1]);
    expect(others).toEqual(['text \u{1F600}', { nested: [1, { two: 2 }] }, 42, [1, 'two']]);
  });

  it('lets no property name reach anything but the message', async () => {
    const { client } = await startServiceBus({
      Topics: [
        {
          Name: 'events',
          Subscriptions: [
            {
              Name: 'proto',
              Rules: [
                {
                  Name: 'hostile',
                  Properties: {
                    FilterType: 'Sql',
                    SqlFilter: { SqlExpression: "[__proto__] = 'polluted' AND [it's] = 'a''b'" },
                  },
                },
              ],
            },
            { Name: 'all' },
          ],
        },
      ],
    });
    const applicationProperties = JSON.parse(
      '{"__proto__":"polluted","constructor":"c","toString":"t","it\'s":"a\'b","":"empty","\\u0000nul":"n","../up":"u","$where":"1"}',
    ) as Record<string, string>;
    await client.createSender('events').sendMessages({ body: 'x', applicationProperties });
    const selected = await receiveOne(client.createReceiver('events', 'proto'));
    // The client itself drops `__proto__` when it reads; that the rule matched shows it was there.
    expect(Object.entries(selected.applicationProperties ?? {}).sort()).toEqual(
      Object.entries(applicationProperties)
        .filter(([name]) => name !== '__proto__')
        .sort(),
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const receiver = client.createReceiver('events', 'all');
    await receiver.deadLetterMessage(await receiveOne(receiver), {
      deadLetterReason: 'r',
      deadLetterErrorDescription: 'd',
      ["it's"]: 'changed',
    });
    const deadLetters = client.createReceiver('events', 'all', { subQueueType: 'deadLetter' });
    const dead = Object.entries((await receiveOne(deadLetters)).applicationProperties ?? {});
    expect(dead).toContainEqual(["it's", 'changed']);
    expect(dead).toContainEqual(['constructor', 'c']);
  });

  it('does not believe what a producer writes where only the broker may', async () => {
    const { client } = await startServiceBus({ Queues: [queue('orders')] });
    await client.createSender('orders').sendMessages({
      body: 'x',
      bodyType: 'data',
      messageAnnotations: {
        'x-opt-sequence-number': 999,
        'x-opt-deadletter-source': 'forged',
        'x-opt-message-state': 1,
        'x-mine': 'kept',
      },
    });
    const message = await receiveOne(client.createReceiver('orders'));
    expect(message.sequenceNumber?.toNumber()).toBe(1);
    expect(message.deadLetterSource).toBeUndefined();
    expect(message.state).toBe('active');
    expect(message._rawAmqpMessage.messageAnnotations).toMatchObject({ 'x-mine': 'kept' });
  });

  it('refuses an entity that does not exist, for sending, receiving and managing', async () => {
    const { client } = await startServiceBus({ Queues: [queue('orders')] });
    const notFound = { code: 'MessagingEntityNotFound' };
    await expect(client.createSender('nope').sendMessages({ body: 1 })).rejects.toMatchObject(
      notFound,
    );
    const receiver = client.createReceiver('nope');
    await expect(receiver.receiveMessages(1)).rejects.toMatchObject(notFound);
    await expect(receiver.peekMessages(1)).rejects.toMatchObject(notFound);
  });

  it('finds an entity whatever the case of its name', async () => {
    const { client } = await startServiceBus({ Queues: [queue('Team/Orders.In')] });
    await client.createSender('team/orders.in').sendMessages({ body: 'x' });
    expect(bodies(await receive(client.createReceiver('TEAM/ORDERS.IN'), 1))).toEqual(['x']);
  });

  it('survives garbage on one connection while another works on', async () => {
    const broker = await startServiceBus({ Queues: [queue('orders')] });
    const sender = broker.client.createSender('orders');
    await sender.sendMessages({ body: 'before' });
    await sendGarbage(broker, randomBytes(500));
    await sendGarbage(broker, Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await sender.sendMessages({ body: 'after' });
    const receiver = broker.client.createReceiver('orders');
    expect(bodies(await receive(receiver, 2))).toEqual(['before', 'after']);
    expect(await receiveNone(receiver)).toEqual([]);
    expect(broker.problems.every((problem) => problem.startsWith('peer'))).toBe(true);
  });
});
