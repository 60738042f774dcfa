import { describe, expect, it, vi } from 'vitest';
import {
  noRenewal,
  peekAll,
  queue,
  receive,
  receiveNone,
  receiveOne,
  startServiceBus,
} from './harness.ts';

const minute = 60_000;

describe('Service Bus peek-locks over AMQP', () => {
  it('redelivers a message whose lock ran out, and dead-letters it after the last attempt', async () => {
    const { client, passTime } = await startServiceBus({
      Queues: [queue('orders', { LockDuration: 'PT1M', MaxDeliveryCount: 3 })],
    });
    await client.createSender('orders').sendMessages({ body: 'poison', messageId: 'p' });
    const receiver = client.createReceiver('orders', noRenewal);
    for (const deliveryCount of [0, 1, 2]) {
      expect(await receiveOne(receiver)).toMatchObject({ messageId: 'p', deliveryCount });
      await passTime(minute);
    }
    expect(await receiveNone(receiver)).toEqual([]);
    const dead = await receiveOne(client.createReceiver('orders', { subQueueType: 'deadLetter' }));
    expect(dead).toMatchObject({
      messageId: 'p',
      deliveryCount: 3,
      deadLetterReason: 'MaxDeliveryCountExceeded',
      deadLetterErrorDescription: 'Message could not be consumed after 3 delivery attempts.',
    });
  });

  it('dead-letters after the last abandon too, and nothing ever leaves the dead-letter queue so', async () => {
    const { client } = await startServiceBus({
      Queues: [queue('orders', { MaxDeliveryCount: 2 })],
    });
    await client.createSender('orders').sendMessages({ body: 'poison' });
    const receiver = client.createReceiver('orders');
    await receiver.abandonMessage(await receiveOne(receiver));
    await receiver.abandonMessage(await receiveOne(receiver));
    const deadLetters = client.createReceiver('orders', { subQueueType: 'deadLetter' });
    for (const deliveryCount of [2, 3, 4]) {
      const dead = await receiveOne(deadLetters);
      expect(dead).toMatchObject({ deliveryCount, deadLetterReason: 'MaxDeliveryCountExceeded' });
      await deadLetters.abandonMessage(dead);
    }
  });

  it('answers a settlement after the lock ran out with lock lost', async () => {
    const { client, passTime } = await startServiceBus({ Queues: [queue('orders')] });
    await client.createSender('orders').sendMessages({ body: 'x' });
    const receiver = client.createReceiver('orders', noRenewal);
    const message = await receiveOne(receiver);
    await passTime(minute);
    await expect(receiver.completeMessage(message)).rejects.toMatchObject({
      code: 'MessageLockLost',
    });
    expect(await receiveOne(receiver)).toMatchObject({ body: 'x', deliveryCount: 1 });
  });

  it('keeps a message locked that is renewed in time', async () => {
    const { client, passTime } = await startServiceBus({ Queues: [queue('orders')] });
    await client.createSender('orders').sendMessages({ body: 'x' });
    const receiver = client.createReceiver('orders', noRenewal);
    const message = await receiveOne(receiver);
    const before = message.lockedUntilUtc?.getTime() ?? 0;
    await passTime(minute / 2);
    const renewedUntil = await receiver.renewMessageLock(message);
    expect(renewedUntil.getTime()).toBeGreaterThanOrEqual(before + minute / 2);
    await passTime(minute - 1_000);
    await receiver.completeMessage(message);
    await expect(receiver.renewMessageLock(message)).rejects.toMatchObject({
      code: 'MessageLockLost',
    });
  });

  it('lets the client renew the lock by itself while a handler takes its time', async () => {
    const broker = await startServiceBus({ Queues: [queue('orders', { LockDuration: 'PT1S' })] });
    await broker.client.createSender('orders').sendMessages({ body: 'slow' });
    const receiver = broker.client.createReceiver('orders');
    const deliveries: unknown[] = [];
    receiver.subscribe({
      processMessage: async (message) => {
        deliveries.push(message.deliveryCount);
        await new Promise((resolve) => setTimeout(resolve, 1_800));
      },
      processError: ({ error }) => {
        deliveries.push(error);
        return Promise.resolve();
      },
    });
    await vi.waitFor(
      async () => {
        expect(await peekAll(broker, 'orders')).toEqual([]);
      },
      { timeout: 10_000, interval: 300 },
    );
    expect(deliveries).toEqual([0]);
  });

  it('keeps the locks of a receiver that closes until they run out', async () => {
    const { client, passTime } = await startServiceBus({ Queues: [queue('orders')] });
    await client.createSender('orders').sendMessages({ body: 'x' });
    const first = client.createReceiver('orders', noRenewal);
    await receiveOne(first);
    await first.close();
    const second = client.createReceiver('orders', noRenewal);
    expect(await receiveNone(second)).toEqual([]);
    await passTime(minute);
    expect(await receiveOne(second)).toMatchObject({ body: 'x', deliveryCount: 1 });
  });

  it('shares the messages among competing receivers without giving one twice', async () => {
    const { connect, client } = await startServiceBus({ Queues: [queue('orders')] });
    const count = 200;
    const sent = Array.from({ length: count }, (_, index) => ({ body: index }));
    await client.createSender('orders').sendMessages(sent);
    const receivers = [connect(), connect()].map((other) => other.createReceiver('orders'));
    const batches = await Promise.all(receivers.map((receiver) => receive(receiver, count / 2)));
    const seen = batches.flat().map(({ body }) => Number(body));
    expect(new Set(seen).size).toBe(count);
  });

  it('feeds a subscriber that comes first as messages arrive', async () => {
    const { client } = await startServiceBus({ Queues: [queue('orders')] });
    const receiver = client.createReceiver('orders');
    const seen: unknown[] = [];
    const done = new Promise<void>((resolve, reject) => {
      receiver.subscribe({
        processMessage: (message) => {
          seen.push(message.body as unknown);
          if (seen.length === 3) resolve();
          return Promise.resolve();
        },
        processError: ({ error }) => {
          reject(error);
          return Promise.resolve();
        },
      });
    });
    const sender = client.createSender('orders');
    for (const body of ['a', 'b', 'c']) await sender.sendMessages({ body });
    await done;
    expect(seen).toEqual(['a', 'b', 'c']);
  });
});
