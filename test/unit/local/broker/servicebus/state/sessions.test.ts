import { describe, expect, it } from 'vitest';
import type { BrokerQueue } from '../../../../../../local/broker/servicebus/state/queue.ts';
import type { SessionLock } from '../../../../../../local/broker/servicebus/state/session-table.ts';
import { at, messageOf, noon, openQueue } from '../messages.ts';

const minute = 60_000;

function send(queue: BrokerQueue, sessionId: string | undefined): boolean {
  return queue.submit({ message: messageOf({ system: { sessionId } }) }, noon).ok;
}

function accept(queue: BrokerQueue, sessionId: string | undefined, now = noon): SessionLock {
  const lock = queue.acceptSession({ sessionId, holder: 'link' }, now);
  if (!lock.ok) throw new Error(lock.problem);
  return lock.value;
}

function receive(queue: BrokerQueue, session: SessionLock, now = noon): number | undefined {
  return queue.receive({ mode: 'peekLock', session }, now)?.message.sequenceNumber;
}

describe('Sessions', () => {
  it('take no message without a session, and a session may have the empty name', () => {
    const { queue } = openQueue({ requiresSession: true });
    expect(send(queue, undefined)).toBe(false);
    expect(send(queue, '')).toBe(true);
    expect(receive(queue, accept(queue, ''))).toBe(1);
  });

  it('deliver to their holder alone', () => {
    const { queue } = openQueue({ requiresSession: true });
    send(queue, 'a');
    send(queue, 'b');
    expect(queue.receive({ mode: 'peekLock' }, noon)).toBeUndefined();
    const session = accept(queue, 'b');
    expect(receive(queue, session)).toBe(2);
    expect(receive(queue, session)).toBeUndefined();
  });

  it('are given out by the age of their first ready message, locked ones left out', () => {
    const { queue } = openQueue({ requiresSession: true });
    for (const id of ['c', 'a', 'b', 'c']) send(queue, id);
    expect(accept(queue, undefined).sessionId).toBe('c');
    expect(accept(queue, undefined).sessionId).toBe('a');
    expect(accept(queue, undefined).sessionId).toBe('b');
    expect(queue.acceptSession({ sessionId: undefined, holder: 'link' }, noon)).toEqual({
      ok: false,
      problem: 'noSessionAvailable',
    });
    expect(queue.acceptSession({ sessionId: 'c', holder: 'other' }, noon)).toEqual({
      ok: false,
      problem: 'sessionLocked',
    });
  });

  it('end with their lock: messages are ready again and have failed once', () => {
    const { queue } = openQueue({ requiresSession: true });
    send(queue, 'a');
    const lost: SessionLock[] = [];
    queue.observe({ available: () => undefined, sessionLost: (lock) => lost.push(lock) });
    const session = accept(queue, 'a');
    const delivery = queue.receive({ mode: 'peekLock', session }, noon);
    expect(delivery?.lock?.until).toBe(at(minute));
    expect(receive(queue, session, at(minute))).toBeUndefined();
    expect(lost).toEqual([session]);
    const next = queue.receive(
      { mode: 'peekLock', session: accept(queue, 'a', at(minute)) },
      at(minute),
    );
    expect(next?.message.deliveryCount).toBe(1);
  });

  it('given back in order leave no trace on their messages', () => {
    const { queue } = openQueue({ requiresSession: true, maxDeliveryCount: 1 });
    send(queue, 'a');
    const session = accept(queue, 'a');
    const delivery = queue.receive({ mode: 'peekLock', session }, noon);
    queue.releaseSession(session, noon);
    const token = delivery?.lock?.token;
    if (token === undefined) throw new Error('a peek-lock has a token');
    expect(queue.settle({ token, settlement: { action: 'complete' } }, noon)).toEqual({
      ok: false,
      problem: 'sessionLockLost',
    });
    const again = queue.receive({ mode: 'peekLock', session: accept(queue, 'a') }, noon);
    expect(again?.message.deliveryCount).toBe(0);
  });

  it('stay with their holder as long as the lock is renewed', () => {
    const { queue } = openQueue({ requiresSession: true });
    send(queue, 'a');
    const session = accept(queue, 'a');
    const reference = { sessionId: 'a', holder: 'link' };
    expect(queue.renewSession(reference, at(minute - 1))).toEqual({
      ok: true,
      value: at(2 * minute - 1),
    });
    expect(receive(queue, session, at(2 * minute - 2))).toBe(1);
    expect(queue.renewSession({ ...reference, holder: 'other' }, at(minute)).ok).toBe(false);
    expect(queue.renewSession(reference, at(2 * minute)).ok).toBe(false);
  });

  it('keep their state beyond their messages and their holders', () => {
    const { queue } = openQueue({ requiresSession: true });
    const session = accept(queue, 'a');
    const state = Buffer.from('state');
    expect(queue.setSessionState({ sessionId: 'a', state }, noon).ok).toBe(true);
    queue.releaseSession(session, noon);
    expect(queue.sessionState({ sessionId: 'a' }, noon).ok).toBe(false);
    accept(queue, 'a');
    expect(queue.sessionState({ sessionId: 'a' }, noon)).toEqual({ ok: true, value: state });
    queue.setSessionState({ sessionId: 'a', state: undefined }, noon);
    expect(queue.sessionState({ sessionId: 'a' }, noon)).toEqual({ ok: true, value: undefined });
  });

  it('are listed when they have ready messages or a state set since', () => {
    const { queue } = openQueue({ requiresSession: true });
    send(queue, 'b');
    accept(queue, 'z');
    queue.setSessionState({ sessionId: 'z', state: Buffer.from('s') }, at(5));
    expect(queue.listSessions(noon, at(5))).toEqual(['b', 'z']);
    expect(queue.listSessions(at(5), at(5))).toEqual(['b']);
  });

  it('hold deferred messages for whoever holds the session', () => {
    const { queue } = openQueue({ requiresSession: true });
    send(queue, 'a');
    send(queue, 'b');
    const a = accept(queue, 'a');
    const token = queue.receive({ mode: 'peekLock', session: a }, noon)?.lock?.token;
    if (token === undefined) throw new Error('a peek-lock has a token');
    queue.settle({ token, settlement: { action: 'defer' } }, noon);
    const request = { sequenceNumbers: [1], mode: 'peekLock' } as const;
    expect(queue.receiveDeferred(request, noon)).toMatchObject({ problem: 'sessionLockLost' });
    const b = accept(queue, 'b');
    expect(queue.receiveDeferred({ ...request, session: b }, noon)).toMatchObject({
      problem: 'messageNotFound',
    });
    expect(queue.receiveDeferred({ ...request, session: a }, noon).ok).toBe(true);
  });
});
