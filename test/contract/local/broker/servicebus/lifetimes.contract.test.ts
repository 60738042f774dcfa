import { describe, expect, it } from 'vitest';
import {
  bodies,
  noRenewal,
  peekAll,
  queue,
  receive,
  receiveNone,
  receiveOne,
  sequenceOf,
  startServiceBus,
} from './harness.ts';

const minute = 60_000;

function inFuture(ms: number): Date {
  return new Date(Date.now() + ms);
}

describe('Scheduling in Service Bus', () => {
  it('holds a scheduled message back until its time', async () => {
    const { client, passTime } = await startServiceBus({ Queues: [queue('orders')] });
    const sender = client.createSender('orders');
    const [number] = await sender.scheduleMessages(
      [{ body: 'scheduled', messageId: 's' }],
      inFuture(10 * minute),
    );
    await sender.sendMessages({ body: 'also', scheduledEnqueueTimeUtc: inFuture(20 * minute) });
    const receiver = client.createReceiver('orders');
    expect(await receiveNone(receiver)).toEqual([]);
    const [peeked] = await receiver.peekMessages(1);
    expect(peeked).toMatchObject({ body: 'scheduled', state: 'scheduled', sequenceNumber: number });

    await passTime(11 * minute);
    const first = await receiveOne(receiver);
    expect(first).toMatchObject({ body: 'scheduled', messageId: 's', state: 'active' });
    expect(sequenceOf(first).greaterThan(number ?? 0)).toBe(true);
    await receiver.completeMessage(first);
    expect(await receiveNone(receiver)).toEqual([]);
    await passTime(10 * minute);
    expect(bodies(await receive(receiver, 1))).toEqual(['also']);
  });

  it('delivers a scheduled message to a receiver that waits for it', async () => {
    const { client } = await startServiceBus({ Queues: [queue('orders')] });
    const waiting = client.createReceiver('orders').receiveMessages(1, { maxWaitTimeInMs: 5_000 });
    await client.createSender('orders').scheduleMessages({ body: 'soon' }, inFuture(300));
    expect(bodies(await waiting)).toEqual(['soon']);
  });

  it('cancels a scheduled message, once', async () => {
    const { client, passTime } = await startServiceBus({ Queues: [queue('orders')] });
    const sender = client.createSender('orders');
    const numbers = await sender.scheduleMessages([{ body: 1 }, { body: 2 }], inFuture(minute));
    await sender.cancelScheduledMessages(numbers.slice(0, 1));
    await expect(sender.cancelScheduledMessages(numbers)).rejects.toMatchObject({
      code: 'MessageNotFound',
    });
    await passTime(2 * minute);
    expect(bodies(await receive(client.createReceiver('orders'), 1))).toEqual([2]);
  });
});

describe('Message lifetimes in Service Bus', () => {
  it('dead-letters what expired if the queue wants that', async () => {
    const { client, passTime } = await startServiceBus({
      Queues: [queue('orders', { DeadLetteringOnMessageExpiration: true })],
    });
    await client
      .createSender('orders')
      .sendMessages([{ body: 'short', timeToLive: minute }, { body: 'long' }]);
    await passTime(2 * minute);
    const receiver = client.createReceiver('orders');
    expect(bodies(await receive(receiver, 1))).toEqual(['long']);
    const dead = await receiveOne(client.createReceiver('orders', { subQueueType: 'deadLetter' }));
    expect(dead).toMatchObject({ body: 'short', deadLetterReason: 'TTLExpiredException' });
  });

  it('drops what expired otherwise, and lets nothing live longer than the queue allows', async () => {
    const broker = await startServiceBus({
      Queues: [queue('orders', { DefaultMessageTimeToLive: 'PT5M' })],
    });
    const sender = broker.client.createSender('orders');
    await sender.sendMessages([{ body: 'default' }, { body: 'greedy', timeToLive: 60 * minute }]);
    const receiver = broker.client.createReceiver('orders');
    const [peeked] = await receiver.peekMessages(1);
    expect(peeked?.timeToLive).toBe(5 * minute);
    await broker.passTime(5 * minute);
    expect(await peekAll(broker, 'orders')).toEqual([]);
  });

  it('lets a message expire only after its lock has ended', async () => {
    const broker = await startServiceBus({
      Queues: [queue('orders', { DeadLetteringOnMessageExpiration: true, LockDuration: 'PT5M' })],
    });
    await broker.client.createSender('orders').sendMessages([
      { body: 'completed', timeToLive: minute },
      { body: 'abandoned', timeToLive: minute },
    ]);
    const receiver = broker.client.createReceiver('orders', noRenewal);
    const [first, second] = await receive(receiver, 2);
    if (first === undefined || second === undefined) throw new Error('both must come');
    await broker.passTime(2 * minute);
    await receiver.completeMessage(first);
    await receiver.abandonMessage(second);
    const deadLetters = broker.client.createReceiver('orders', { subQueueType: 'deadLetter' });
    expect(bodies(await deadLetters.peekMessages(5))).toEqual(['abandoned']);
    expect(await peekAll(broker, 'orders')).toEqual([]);
  });
});

describe('Duplicate detection in Service Bus', () => {
  it('drops a message whose id came before within the window', async () => {
    const { client, passTime } = await startServiceBus({
      Queues: [
        queue('orders', {
          RequiresDuplicateDetection: true,
          DuplicateDetectionHistoryTimeWindow: 'PT1M',
        }),
      ],
    });
    const sender = client.createSender('orders');
    await sender.sendMessages({ body: 1, messageId: 'same' });
    await sender.sendMessages([
      { body: 2, messageId: 'same' },
      { body: 3, messageId: 'other' },
    ]);
    const receiver = client.createReceiver('orders', { receiveMode: 'receiveAndDelete' });
    expect(bodies(await receive(receiver, 2))).toEqual([1, 3]);
    await sender.sendMessages({ body: 4, messageId: 'same' });
    expect(await receiveNone(receiver)).toEqual([]);
    await passTime(2 * minute);
    await sender.sendMessages({ body: 5, messageId: 'same' });
    expect(bodies(await receive(receiver, 1))).toEqual([5]);
  });

  it('takes every message of a queue that does not ask for it', async () => {
    const { client } = await startServiceBus({ Queues: [queue('orders')] });
    const sender = client.createSender('orders');
    await sender.sendMessages([
      { body: 1, messageId: 'same' },
      { body: 2, messageId: 'same' },
    ]);
    expect(bodies(await receive(client.createReceiver('orders'), 2))).toEqual([1, 2]);
  });
});

describe('Peeking into a Service Bus queue', () => {
  it('shows messages in the order of their numbers, whatever their state, and locks none', async () => {
    const { client } = await startServiceBus({ Queues: [queue('orders')] });
    const sender = client.createSender('orders');
    await sender.sendMessages([{ body: 'locked' }, { body: 'deferred' }, { body: 'active' }]);
    await sender.scheduleMessages({ body: 'scheduled' }, inFuture(minute));
    const receiver = client.createReceiver('orders');
    const [, second] = await receive(receiver, 2);
    if (second === undefined) throw new Error('two must come');
    await receiver.deferMessage(second);
    const peeked = await client.createReceiver('orders').peekMessages(10);
    expect(peeked.map(({ body, state }) => [body as unknown, state])).toEqual([
      ['locked', 'active'],
      ['deferred', 'deferred'],
      ['active', 'active'],
      ['scheduled', 'scheduled'],
    ]);
    expect(peeked[0]?.lockToken).toBeUndefined();
    expect(bodies(await receive(receiver, 1))).toEqual(['active']);
  });

  it('goes on where the last peek ended, or from a given number', async () => {
    const { client } = await startServiceBus({ Queues: [queue('orders')] });
    await client.createSender('orders').sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);
    const receiver = client.createReceiver('orders');
    const [first] = await receiver.peekMessages(1);
    expect(bodies(await receiver.peekMessages(10))).toEqual([2, 3]);
    expect(await receiver.peekMessages(10)).toEqual([]);
    if (first === undefined) throw new Error('one must be there');
    const fromSequenceNumber = sequenceOf(first);
    expect(bodies(await receiver.peekMessages(10, { fromSequenceNumber }))).toEqual([1, 2, 3]);
  });
});
