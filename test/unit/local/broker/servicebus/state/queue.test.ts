import { describe, expect, it } from 'vitest';
import { toLockToken } from '../../../../../../local/broker/servicebus/codec/lock-tokens.ts';
import type { Delivery } from '../../../../../../local/broker/servicebus/state/delivery.ts';
import type { LockToken } from '../../../../../../local/broker/servicebus/state/message.ts';
import type { BrokerQueue } from '../../../../../../local/broker/servicebus/state/queue.ts';
import type { Settlement } from '../../../../../../local/broker/servicebus/state/settlement.ts';
import { durationMs, type EpochMs } from '../../../../../../shared/kernel/time.ts';
import { at, messageOf, noon, openQueue, valuesOf, type MessageSketch } from '../messages.ts';

const minute = 60_000;

function send(queue: BrokerQueue, sketch: MessageSketch = {}, now: EpochMs = noon): number {
  const submitted = queue.submit({ message: messageOf(sketch) }, now);
  if (!submitted.ok) throw new Error(submitted.problem);
  return submitted.value;
}

function take(queue: BrokerQueue, now: EpochMs = noon): Delivery | undefined {
  return queue.receive({ mode: 'peekLock' }, now);
}

function tokenOf(delivery: Delivery | undefined): LockToken {
  return delivery?.lock?.token ?? toLockToken('none');
}

function settle(
  queue: BrokerQueue,
  delivery: Delivery | undefined,
  settlement: Settlement & { readonly now?: EpochMs },
): unknown {
  return queue.settle({ token: tokenOf(delivery), settlement }, settlement.now ?? noon);
}

describe('A queue and its peek-locks', () => {
  it('numbers messages without gaps and delivers them in that order', () => {
    const { queue } = openQueue();
    expect([send(queue), send(queue), send(queue)]).toEqual([1, 2, 3]);
    const delivered = [take(queue), take(queue), take(queue), take(queue)];
    expect(delivered.map((delivery) => delivery?.message.sequenceNumber)).toEqual([
      1,
      2,
      3,
      undefined,
    ]);
  });

  it('hands a message to one receiver until the very millisecond its lock ends', () => {
    const { queue } = openQueue();
    send(queue);
    const first = take(queue);
    expect(first?.lock?.until).toBe(at(minute));
    expect(take(queue, at(minute - 1))).toBeUndefined();
    const second = take(queue, at(minute));
    expect(second?.message.deliveryCount).toBe(1);
    expect(second?.lock?.token).not.toBe(first?.lock?.token);
  });

  it('knows no lock that ran out, and no token twice', () => {
    const { queue } = openQueue();
    send(queue);
    const delivery = take(queue);
    expect(settle(queue, delivery, { action: 'complete', now: at(minute) })).toEqual({
      ok: false,
      problem: 'lockLost',
    });
    const again = take(queue, at(minute));
    expect(settle(queue, again, { action: 'complete', now: at(minute) })).toMatchObject({
      ok: true,
    });
    expect(settle(queue, again, { action: 'complete', now: at(minute) })).toMatchObject({
      ok: false,
    });
  });

  it('puts an abandoned message back where it was, before younger ones', () => {
    const { queue } = openQueue();
    send(queue);
    send(queue);
    settle(queue, take(queue), { action: 'abandon' });
    expect(take(queue)?.message.sequenceNumber).toBe(1);
  });

  it('renews a lock for another full duration from now', () => {
    const { queue } = openQueue();
    send(queue);
    const delivery = take(queue);
    expect(queue.renewLock(tokenOf(delivery), at(minute - 1))).toEqual({
      ok: true,
      value: at(2 * minute - 1),
    });
    expect(take(queue, at(2 * minute - 2))).toBeUndefined();
    expect(queue.renewLock(tokenOf(delivery), at(2 * minute))).toEqual({
      ok: false,
      problem: 'lockLost',
    });
  });

  it('counts each message in one state', () => {
    const { queue } = openQueue();
    for (let count = 0; count < 4; count++) send(queue);
    send(queue, { scheduledAt: at(minute) });
    take(queue);
    settle(queue, take(queue), { action: 'defer' });
    expect(queue.counts()).toEqual({ ready: 2, locked: 1, deferred: 1, scheduled: 1 });
  });
});

describe('Dead-lettering', () => {
  it('happens after the last allowed attempt, with the reason in the properties', () => {
    const { queue, dead } = openQueue({ maxDeliveryCount: 2 });
    send(queue, { properties: { kept: 'yes' } });
    settle(queue, take(queue), { action: 'abandon' });
    expect(dead).toHaveLength(0);
    take(queue);
    queue.advance(at(minute));
    expect(dead).toHaveLength(1);
    expect(dead[0]).toMatchObject({ sequenceNumber: 1, deliveryCount: 2, enqueuedAt: noon });
    expect(dead.map(({ message }) => valuesOf(message))).toEqual([
      {
        kept: 'yes',
        DeadLetterReason: 'MaxDeliveryCountExceeded',
        DeadLetterErrorDescription: 'Message could not be consumed after 2 delivery attempts.',
      },
    ]);
    expect(queue.counts()).toEqual({ ready: 0, locked: 0, deferred: 0, scheduled: 0 });
  });

  it('takes the reason of the receiver even over properties of the same name', () => {
    const { queue, dead } = openQueue();
    send(queue, { properties: { DeadLetterReason: 'forged' } });
    settle(queue, take(queue), {
      action: 'deadLetter',
      cause: { reason: 'real', description: undefined },
      changes: new Map([['added', { value: 1n }]]),
    });
    expect(dead.map(({ message }) => valuesOf(message))).toEqual([
      { DeadLetterReason: 'real', added: 1n },
    ]);
  });

  it('is refused where there is no dead-letter queue, and leaves the lock as it was', () => {
    const { queue } = openQueue({ maxDeliveryCount: undefined }, {});
    send(queue);
    const delivery = take(queue);
    const cause = { reason: 'x', description: 'y' };
    expect(settle(queue, delivery, { action: 'deadLetter', cause })).toEqual({
      ok: false,
      problem: 'notAllowed',
    });
    expect(settle(queue, delivery, { action: 'complete' })).toMatchObject({ ok: true });
  });
});

describe('Lifetimes', () => {
  it('end at the earlier of what message and queue say', () => {
    const { queue } = openQueue({ defaultTimeToLive: durationMs(5 * minute) });
    send(queue, { timeToLive: minute });
    send(queue, { timeToLive: 60 * minute });
    send(queue);
    expect(queue.peek({ fromSequenceNumber: 0, count: 9 }, at(minute))).toHaveLength(2);
    expect(queue.peek({ fromSequenceNumber: 0, count: 9 }, at(5 * minute))).toHaveLength(0);
  });

  it('begin for a scheduled message when it becomes active', () => {
    const { queue } = openQueue();
    send(queue, { timeToLive: minute, scheduledAt: at(10 * minute) });
    expect(take(queue, at(11 * minute - 1))?.message.enqueuedAt).toBe(at(10 * minute));
    send(queue, { timeToLive: minute, scheduledAt: at(20 * minute) }, at(11 * minute));
    queue.advance(at(21 * minute));
    expect(queue.counts().ready).toBe(0);
  });

  it('do not end a deferred message until somebody asks for it', () => {
    const { queue, dead } = openQueue({ deadLetteringOnMessageExpiration: true });
    const sequenceNumber = send(queue, { timeToLive: minute });
    settle(queue, take(queue), { action: 'defer' });
    queue.advance(at(10 * minute));
    expect(queue.counts().deferred).toBe(1);
    const request = { sequenceNumbers: [sequenceNumber], mode: 'peekLock' } as const;
    expect(queue.receiveDeferred(request, at(10 * minute))).toEqual({
      ok: false,
      problem: 'messageNotFound',
    });
    expect(dead).toHaveLength(1);
  });
});

describe('Deferred messages', () => {
  it('come all or not at all', () => {
    const { queue } = openQueue();
    const first = send(queue);
    send(queue);
    settle(queue, take(queue), { action: 'defer' });
    const request = (...sequenceNumbers: number[]) =>
      queue.receiveDeferred({ sequenceNumbers, mode: 'peekLock' }, noon);
    expect(request(first, 2)).toMatchObject({ ok: false });
    expect(request(first, 99)).toMatchObject({ ok: false });
    expect(queue.counts()).toMatchObject({ ready: 1, deferred: 1 });
    expect(request(first, first)).toMatchObject({ ok: true });
    expect(request(first)).toMatchObject({ ok: false });
  });

  it('stay deferred when they are abandoned or their lock runs out, and die like others', () => {
    const { queue, dead } = openQueue({ maxDeliveryCount: 2 });
    const sequenceNumbers = [send(queue)];
    settle(queue, take(queue), { action: 'defer' });
    const received = queue.receiveDeferred({ sequenceNumbers, mode: 'peekLock' }, noon);
    settle(queue, received.ok ? received.value[0] : undefined, { action: 'abandon' });
    expect(queue.counts().deferred).toBe(1);
    expect(take(queue)).toBeUndefined();
    queue.receiveDeferred({ sequenceNumbers, mode: 'peekLock' }, noon);
    queue.advance(at(minute));
    expect(dead).toHaveLength(1);
  });

  it('are gone when they are received and deleted', () => {
    const { queue } = openQueue();
    const sequenceNumbers = [send(queue)];
    settle(queue, take(queue), { action: 'defer' });
    expect(queue.receiveDeferred({ sequenceNumbers, mode: 'receiveAndDelete' }, noon).ok).toBe(
      true,
    );
    expect(queue.peek({ fromSequenceNumber: 0, count: 1 }, noon)).toEqual([]);
  });
});

describe('Scheduled messages', () => {
  it('move to the end of the queue when their time comes', () => {
    const { queue } = openQueue();
    const scheduled = send(queue, { scheduledAt: at(minute), system: { messageId: 's' } });
    send(queue);
    expect(scheduled).toBe(1);
    const order = [take(queue, at(minute)), take(queue, at(minute))];
    expect(order.map((delivery) => delivery?.message.sequenceNumber)).toEqual([2, 3]);
    expect(order[1]?.message.message.system.messageId).toBe('s');
  });

  it('are active at once when their time has passed', () => {
    const { queue } = openQueue();
    send(queue, { scheduledAt: at(-1) });
    expect(take(queue)).toBeDefined();
  });

  it('are cancelled all or not at all, and not once active', () => {
    const { queue } = openQueue();
    const numbers = [send(queue, { scheduledAt: at(1) }), send(queue, { scheduledAt: at(9) })];
    expect(queue.cancelScheduled([...numbers, 77], noon).ok).toBe(false);
    expect(queue.counts().scheduled).toBe(2);
    expect(queue.cancelScheduled(numbers, at(1)).ok).toBe(false);
    expect(queue.cancelScheduled(numbers.slice(1), at(1)).ok).toBe(true);
    expect(queue.counts()).toMatchObject({ ready: 1, scheduled: 0 });
  });
});

describe('Duplicate detection', () => {
  it('answers a duplicate with the number of the first, until the window has passed', () => {
    const { queue } = openQueue({ duplicateDetectionWindow: durationMs(minute) });
    const system = { messageId: 'same' };
    expect(send(queue, { system })).toBe(1);
    settle(queue, take(queue), { action: 'complete' });
    expect(send(queue, { system }, at(minute - 1))).toBe(1);
    expect(queue.counts().ready).toBe(0);
    expect(send(queue, { system }, at(minute))).toBe(2);
  });
});

describe('Deleting in bulk', () => {
  it('takes ready messages from before an instant, the oldest first, and no others', () => {
    const { queue } = openQueue();
    for (const ms of [0, 1, 2, 3]) send(queue, {}, at(ms));
    take(queue, at(3));
    expect(queue.deleteReady({ count: 1, enqueuedBefore: at(3) }, at(3))).toBe(1);
    expect(queue.deleteReady({ count: 9, enqueuedBefore: at(3) }, at(3))).toBe(1);
    const left = queue.peek({ fromSequenceNumber: 0, count: 9 }, at(3));
    expect(left.map(({ sequenceNumber }) => sequenceNumber)).toEqual([1, 4]);
  });
});
