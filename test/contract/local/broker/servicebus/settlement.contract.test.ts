import { describe, expect, it } from 'vitest';
import {
  peekAll,
  queue,
  receive,
  receiveNone,
  receiveOne,
  sequenceOf,
  startServiceBus,
} from './harness.ts';

describe('Service Bus settlement over AMQP', () => {
  it('delivers what was sent and forgets it when it is completed', async () => {
    const broker = await startServiceBus({ Queues: [queue('orders')] });
    await broker.client.createSender('orders').sendMessages({
      body: { n: 1 },
      messageId: 'm1',
      correlationId: 'c1',
      subject: 's1',
      to: 't1',
      replyTo: 'r1',
      replyToSessionId: 'rs1',
      contentType: 'application/json',
      partitionKey: 'p1',
      applicationProperties: { text: 'x', whole: 7, broken: 1.5, flag: true, none: null },
    });
    const receiver = broker.client.createReceiver('orders');
    const message = await receiveOne(receiver);
    expect(message).toMatchObject({
      body: { n: 1 },
      messageId: 'm1',
      correlationId: 'c1',
      subject: 's1',
      to: 't1',
      replyTo: 'r1',
      replyToSessionId: 'rs1',
      contentType: 'application/json',
      partitionKey: 'p1',
      deliveryCount: 0,
      state: 'active',
      applicationProperties: { text: 'x', whole: 7, broken: 1.5, flag: true, none: null },
    });
    expect(sequenceOf(message).toNumber()).toBe(1);
    expect(message.enqueuedSequenceNumber).toBe(1);
    await receiver.completeMessage(message);
    expect(await peekAll(broker, 'orders')).toEqual([]);
    expect(broker.problems).toEqual([]);
  });

  it('redelivers an abandoned message at once, counted and with the properties changed', async () => {
    const { client } = await startServiceBus({ Queues: [queue('orders')] });
    await client
      .createSender('orders')
      .sendMessages([
        { body: 'a', applicationProperties: { kept: 1, changed: 'old' } },
        { body: 'b' },
      ]);
    const receiver = client.createReceiver('orders');
    await receiver.abandonMessage(await receiveOne(receiver), { changed: 'new', added: true });
    const [again, next] = await receive(receiver, 2);
    expect(again).toMatchObject({
      body: 'a',
      deliveryCount: 1,
      applicationProperties: { kept: 1, changed: 'new', added: true },
    });
    expect(next).toMatchObject({ body: 'b', deliveryCount: 0 });
  });

  it('keeps a deferred message aside until it is asked for by number', async () => {
    const broker = await startServiceBus({ Queues: [queue('orders')] });
    await broker.client.createSender('orders').sendMessages({ body: 'later' });
    const receiver = broker.client.createReceiver('orders');
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message, { why: 'too early' });
    expect(await receiveNone(receiver)).toEqual([]);
    const [peeked] = await receiver.peekMessages(1);
    expect(peeked).toMatchObject({ body: 'later', state: 'deferred' });

    const [deferred] = await receiver.receiveDeferredMessages(sequenceOf(message));
    if (deferred === undefined) throw new Error('the deferred message is gone');
    expect(deferred).toMatchObject({ body: 'later', applicationProperties: { why: 'too early' } });
    await expect(receiver.receiveDeferredMessages(sequenceOf(message))).rejects.toMatchObject({
      code: 'MessageNotFound',
    });
    await receiver.completeMessage(deferred);
    expect(await peekAll(broker, 'orders')).toEqual([]);
  });

  it('settles a deferred message in every way through the management node', async () => {
    const { client } = await startServiceBus({ Queues: [queue('orders')] });
    await client.createSender('orders').sendMessages([{ body: 'abandon' }, { body: 'deadLetter' }]);
    const receiver = client.createReceiver('orders');
    const numbers: ReturnType<typeof sequenceOf>[] = [];
    for (const message of await receive(receiver, 2)) {
      await receiver.deferMessage(message);
      numbers.push(sequenceOf(message));
    }
    const [first, second] = await receiver.receiveDeferredMessages(numbers);
    if (first === undefined || second === undefined) throw new Error('both must come');
    await receiver.abandonMessage(first, { tried: 1 });
    await receiver.deadLetterMessage(second, {
      deadLetterReason: 'bad',
      deadLetterErrorDescription: 'really',
      origin: 'test',
    });
    const [again] = await receiver.receiveDeferredMessages(sequenceOf(first));
    expect(again).toMatchObject({ deliveryCount: 1, applicationProperties: { tried: 1 } });
    const dead = await receiveOne(client.createReceiver('orders', { subQueueType: 'deadLetter' }));
    expect(dead).toMatchObject({
      body: 'deadLetter',
      deadLetterReason: 'bad',
      deadLetterErrorDescription: 'really',
      applicationProperties: { origin: 'test' },
    });
  });

  it('moves a dead-lettered message to the sub-queue with reason, description and properties', async () => {
    const broker = await startServiceBus({ Queues: [queue('orders')] });
    await broker.client
      .createSender('orders')
      .sendMessages({ body: 'x', applicationProperties: { a: 1 } });
    const receiver = broker.client.createReceiver('orders');
    const message = await receiveOne(receiver);
    await receiver.deadLetterMessage(message, {
      deadLetterReason: 'schema',
      deadLetterErrorDescription: 'no order id',
      stage: 'validate',
    });
    const deadLetters = broker.client.createReceiver('ORDERS', { subQueueType: 'deadLetter' });
    const dead = await receiveOne(deadLetters);
    expect(dead).toMatchObject({
      body: 'x',
      deadLetterReason: 'schema',
      deadLetterErrorDescription: 'no order id',
      applicationProperties: { a: 1, stage: 'validate' },
    });
    expect(sequenceOf(dead)).toEqual(sequenceOf(message));
    await deadLetters.completeMessage(dead);
    expect(await peekAll(broker, 'orders/$DeadLetterQueue')).toEqual([]);
  });

  it('refuses to dead-letter what is dead already', async () => {
    const { client } = await startServiceBus({ Queues: [queue('orders')] });
    await client.createSender('orders').sendMessages({ body: 'x' });
    const receiver = client.createReceiver('orders');
    await receiver.deadLetterMessage(await receiveOne(receiver));
    const deadLetters = client.createReceiver('orders', { subQueueType: 'deadLetter' });
    const dead = await receiveOne(deadLetters);
    await expect(deadLetters.deadLetterMessage(dead)).rejects.toThrow(/cannot be dead-lettered/);
    expect(await deadLetters.peekMessages(1)).toHaveLength(1);
  });

  it('settles mixed outcomes one after another as each was meant', async () => {
    const broker = await startServiceBus({ Queues: [queue('orders')] });
    const count = 20;
    const sent = Array.from({ length: count }, (_, index) => ({ body: index }));
    await broker.client.createSender('orders').sendMessages(sent);
    const receiver = broker.client.createReceiver('orders');
    for (const message of await receive(receiver, count)) {
      if (Number(message.body) % 2 === 0) await receiver.completeMessage(message);
      else await receiver.deadLetterMessage(message);
    }
    const dead = await receive(
      broker.client.createReceiver('orders', { subQueueType: 'deadLetter' }),
      10,
    );
    expect(dead.map(({ body }) => Number(body))).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    expect(await peekAll(broker, 'orders')).toEqual([]);
  });

  it('deletes on delivery when the client receives and deletes', async () => {
    const broker = await startServiceBus({ Queues: [queue('orders')] });
    await broker.client.createSender('orders').sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = broker.client.createReceiver('orders', { receiveMode: 'receiveAndDelete' });
    expect((await receive(receiver, 2)).map(({ body }) => Number(body))).toEqual([1, 2]);
    expect(await peekAll(broker, 'orders')).toEqual([]);
  });

  it('settles through the management node when the receiving link has closed', async () => {
    const broker = await startServiceBus({ Queues: [queue('orders')] });
    await broker.client.createSender('orders').sendMessages({ body: 'x' });
    const receiver = broker.client.createReceiver('orders');
    const message = await receiveOne(receiver);
    await receiver.close();
    const other = broker.client.createReceiver('orders');
    await other.completeMessage(message);
    expect(await peekAll(broker, 'orders')).toEqual([]);
  });

  it('settles every message of a full prefetch, however many there are', async () => {
    const broker = await startServiceBus({ Queues: [queue('orders')] });
    const sender = broker.client.createSender('orders');
    const count = 5_000;
    for (let sent = 0; sent < count; sent += 500) {
      await sender.sendMessages(
        Array.from({ length: 500 }, (_, index) => ({ body: sent + index })),
      );
    }
    const receiver = broker.client.createReceiver('orders');
    const seen: number[] = [];
    while (seen.length < count) {
      const batch = await receive(receiver, Math.min(1_000, count - seen.length));
      await Promise.all(batch.map((message) => receiver.completeMessage(message)));
      seen.push(...batch.map(({ body }) => Number(body)));
    }
    expect(seen).toEqual(Array.from({ length: count }, (_, index) => index));
    expect(await peekAll(broker, 'orders')).toEqual([]);
  });
});
