import type { ServiceBusSessionReceiver } from '@azure/service-bus';
import { describe, expect, it, vi } from 'vitest';
import {
  bodies,
  queue,
  receive,
  receiveNone,
  receiveOne,
  sequenceOf,
  startServiceBus,
} from './harness.ts';

const minute = 60_000;
const orders = [queue('orders', { RequiresSession: true })];
const noRenewal = { maxAutoLockRenewalDurationInMs: 0 };

describe('Service Bus sessions over AMQP', () => {
  it('delivers the messages of the accepted session alone, in order', async () => {
    const { client } = await startServiceBus({ Queues: orders });
    await client.createSender('orders').sendMessages([
      { body: 'a1', sessionId: 'a' },
      { body: 'b1', sessionId: 'b' },
      { body: 'a2', sessionId: 'a' },
    ]);
    const receiver = await client.acceptSession('orders', 'a');
    expect(receiver.sessionId).toBe('a');
    expect(receiver.sessionLockedUntilUtc.getTime()).toBeGreaterThan(Date.now() + 50_000);
    const [first, second] = await receive(receiver, 2);
    expect([first?.body, second?.body]).toEqual(['a1', 'a2']);
    expect(first?.sessionId).toBe('a');
    if (first === undefined || second === undefined) throw new Error('both must come');
    await receiver.abandonMessage(first);
    expect(await receiveOne(receiver)).toMatchObject({ body: 'a1', deliveryCount: 1 });
    await receiver.completeMessage(second);
    expect(await receiveNone(receiver)).toEqual([]);
    expect(bodies(await receiver.peekMessages(5))).toEqual(['a1']);
  });

  it('lets one receiver at a time hold a session', async () => {
    const { client, connect } = await startServiceBus({ Queues: orders });
    const holder = await client.acceptSession('orders', 'a');
    const other = connect();
    await expect(other.acceptSession('orders', 'a')).rejects.toMatchObject({
      code: 'SessionCannotBeLocked',
    });
    await holder.close();
    expect((await other.acceptSession('orders', 'a')).sessionId).toBe('a');
  });

  it('gives the next session that has messages and is free', async () => {
    const { client } = await startServiceBus({ Queues: orders });
    await client.createSender('orders').sendMessages([
      { body: 1, sessionId: 'first' },
      { body: 2, sessionId: 'second' },
      { body: 3, sessionId: 'first' },
    ]);
    const one = await client.acceptNextSession('orders');
    const two = await client.acceptNextSession('orders');
    expect([one.sessionId, two.sessionId]).toEqual(['first', 'second']);
  });

  it('makes a client wait for the next session until one has messages', async () => {
    const { client } = await startServiceBus({ Queues: orders });
    const waiting = client.acceptNextSession('orders');
    const sender = client.createSender('orders');
    await sender.sendMessages({ body: 'x', sessionId: 'late' });
    const receiver = await waiting;
    expect(receiver.sessionId).toBe('late');
    expect(bodies(await receive(receiver, 1))).toEqual(['x']);
  });

  it('lets a client wait no longer than it wants to', async () => {
    const { client, passTime } = await startServiceBus({ Queues: orders });
    const waiting = client.acceptNextSession('orders');
    const refused = expect(waiting).rejects.toMatchObject({ code: 'ServiceTimeout' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await passTime(5_000);
    await refused;
  });

  it('frees a session at once when its receiver closes, without counting a delivery', async () => {
    const { client } = await startServiceBus({ Queues: orders });
    await client.createSender('orders').sendMessages({ body: 'x', sessionId: 'a' });
    const first = await client.acceptSession('orders', 'a');
    await receiveOne(first);
    const waiting = client.acceptNextSession('orders');
    await first.close();
    const second = await waiting;
    expect(await receiveOne(second)).toMatchObject({ body: 'x', deliveryCount: 0 });
  });

  it('takes a session away whose lock ran out, and counts the delivery', async () => {
    const { client, passTime } = await startServiceBus({ Queues: orders });
    await client.createSender('orders').sendMessages({ body: 'x', sessionId: 'a' });
    const first = await client.acceptSession('orders', 'a', noRenewal);
    const message = await receiveOne(first);
    await passTime(minute);
    await vi.waitFor(() => {
      expect(first.isClosed).toBe(true);
    });
    await expect(first.completeMessage(message)).rejects.toMatchObject({ code: 'SessionLockLost' });
    const second = await client.acceptSession('orders', 'a');
    expect(await receiveOne(second)).toMatchObject({ body: 'x', deliveryCount: 1 });
  });

  it('keeps a session that is renewed in time', async () => {
    const { client, passTime } = await startServiceBus({ Queues: orders });
    await client.createSender('orders').sendMessages({ body: 'x', sessionId: 'a' });
    const receiver = await client.acceptSession('orders', 'a', noRenewal);
    const message = await receiveOne(receiver);
    const before = receiver.sessionLockedUntilUtc.getTime();
    await passTime(minute / 2);
    expect((await receiver.renewSessionLock()).getTime()).toBeGreaterThanOrEqual(
      before + minute / 2,
    );
    await passTime(minute - 2_000);
    await receiver.completeMessage(message);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  it('keeps the session of a client whose connection broke until its lock runs out', async () => {
    const { client, connectBreakable, passTime } = await startServiceBus({ Queues: orders });
    await client.createSender('orders').sendMessages({ body: 'x', sessionId: 'a' });
    const breakable = await connectBreakable();
    const first = await breakable.client.acceptSession('orders', 'a', noRenewal);
    await receiveOne(first);
    await breakable.cut();
    await expect(client.acceptSession('orders', 'a')).rejects.toMatchObject({
      code: 'SessionCannotBeLocked',
    });
    await passTime(minute);
    const second = await client.acceptSession('orders', 'a');
    expect(await receiveOne(second)).toMatchObject({ body: 'x', deliveryCount: 1 });
  });

  it('stores a state with a session, whoever accepts it next', async () => {
    const { client } = await startServiceBus({ Queues: orders });
    const first = await client.acceptSession('orders', 'a');
    expect(await first.getSessionState()).toBeNull();
    await first.setSessionState({ step: 2, seen: ['x'] });
    await first.close();
    const second = await client.acceptSession('orders', 'a');
    expect(await second.getSessionState()).toEqual({ step: 2, seen: ['x'] });
    await second.setSessionState(null);
    expect(await second.getSessionState()).toBeNull();
    const other = await client.acceptSession('orders', 'b');
    expect(await other.getSessionState()).toBeNull();
  });

  it('defers within a session and gives the message back to its holder', async () => {
    const { client } = await startServiceBus({ Queues: orders });
    await client.createSender('orders').sendMessages({ body: 'x', sessionId: 'a' });
    const receiver = await client.acceptSession('orders', 'a');
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message);
    const [deferred] = await receiver.receiveDeferredMessages(sequenceOf(message));
    if (deferred === undefined) throw new Error('it must come');
    await receiver.completeMessage(deferred);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  it('refuses messages without a session, and receivers without one', async () => {
    const { client } = await startServiceBus({ Queues: [...orders, queue('plain')] });
    const sender = client.createSender('orders');
    await expect(sender.sendMessages([{ body: 1, sessionId: 'a' }, { body: 2 }])).rejects.toThrow(
      /SessionId was not set/,
    );
    await expect(client.createReceiver('orders').receiveMessages(1)).rejects.toThrow(
      /non-sessionful message receiver/,
    );
    await expect(client.acceptNextSession('plain')).rejects.toThrow(/does not require sessions/);
    await sender.sendMessages({ body: 3, sessionId: 'a' });
    const receiver = await client.acceptSession('orders', 'a');
    expect(bodies(await receiver.peekMessages(5))).toEqual([3]);
  });

  it('keeps each of many sessions in order while several receivers drain them', async () => {
    const { client, connect } = await startServiceBus({ Queues: orders });
    const sessions = 12;
    const perSession = 20;
    const sent = Array.from({ length: sessions * perSession }, (_, index) => ({
      body: Math.floor(index / sessions),
      sessionId: `s${index % sessions}`,
    }));
    await client.createSender('orders').sendMessages(sent);
    const seen = new Map<string, unknown[]>();
    let accepted = 0;
    const drain = async (): Promise<void> => {
      const own = connect();
      while (accepted++ < sessions) {
        const receiver = await own.acceptNextSession('orders');
        seen.set(receiver.sessionId, await drainSession(receiver, perSession));
      }
    };
    await Promise.all([drain(), drain(), drain()]);
    expect([...seen.keys()].sort()).toEqual(
      Array.from({ length: sessions }, (_, index) => `s${index}`).sort(),
    );
    const inOrder = Array.from({ length: perSession }, (_, index) => index);
    expect([...seen.values()].every((list) => list.join() === inOrder.join())).toBe(true);
  });
});

async function drainSession(
  receiver: ServiceBusSessionReceiver,
  count: number,
): Promise<unknown[]> {
  const list: unknown[] = [];
  while (list.length < count) {
    for (const message of await receive(receiver, Math.min(7, count - list.length))) {
      list.push(message.body as unknown);
      await receiver.completeMessage(message);
    }
  }
  await receiver.close();
  return list;
}
