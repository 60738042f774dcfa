import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../../../../local/broker/servicebus/state/delivery.ts';
import type { LockToken } from '../../../../../../local/broker/servicebus/state/message.ts';
import type { QueueSettings } from '../../../../../../local/broker/servicebus/state/queue-parts.ts';
import type { BrokerQueue } from '../../../../../../local/broker/servicebus/state/queue.ts';
import type { SessionLock } from '../../../../../../local/broker/servicebus/state/session-table.ts';
import type { Settlement } from '../../../../../../local/broker/servicebus/state/settlement.ts';
import { addDuration, durationMs, type EpochMs } from '../../../../../../shared/kernel/time.ts';
import {
  messageOf,
  noon,
  openQueue,
  type TestQueue,
} from '../../../../../unit/local/broker/servicebus/messages.ts';
import { steps, type HowSettled, type Step } from './queue-operations.ts';

const lockMs = 50;
const maxDeliveryCount = 3;

/** A queue, and what an outside observer knows of it. */
class Life {
  readonly #target: TestQueue;
  readonly #hasSessions: boolean;
  now: EpochMs = noon;
  sent = 0;
  completed = 0;
  cancelled = 0;
  readonly #held = new Map<LockToken, Delivery>();
  readonly #stale: LockToken[] = [];
  readonly #deferred: number[] = [];
  #scheduled: number[] = [];
  #sessions: SessionLock[] = [];

  constructor(settings: Partial<QueueSettings>) {
    this.#hasSessions = settings.requiresSession ?? false;
    this.#target = openQueue({
      lockDuration: durationMs(lockMs),
      maxDeliveryCount,
      deadLetteringOnMessageExpiration: true,
      ...settings,
    });
  }

  take(step: Step): void {
    const handlers: { readonly [Type in Step['type']]: () => void } = {
      send: () => {
        if (step.type === 'send') this.#send(step);
      },
      receive: () => {
        if (step.type === 'receive') this.#receive(step.deletes);
      },
      settle: () => {
        if (step.type === 'settle')
          this.#settle(pick([...this.#held.keys()], step.index), step.how);
      },
      settleStale: () => {
        if (step.type === 'settleStale') this.#settleStale(step);
      },
      renew: () => {
        if (step.type === 'renew') this.#renew(pick([...this.#held.keys()], step.index));
      },
      receiveDeferred: () => {
        if (step.type === 'receiveDeferred') this.#receiveDeferred(step);
      },
      cancel: () => {
        if (step.type === 'cancel') this.#cancel(pick(this.#scheduled, step.index));
      },
      acceptSession: () => {
        if (step.type === 'acceptSession') this.#acceptSession(step.session);
      },
      releaseSession: () => {
        if (step.type === 'releaseSession') this.#releaseSession(step.index);
      },
      passTime: () => {
        if (step.type === 'passTime') this.now = addDuration(this.now, durationMs(step.ms));
      },
    };
    handlers[step.type]();
    this.#target.queue.advance(this.now);
  }

  /** Every message is in exactly one place, and in none of them twice. */
  check(): void {
    const { queue, dead } = this.#target;
    const { ready, locked, deferred, scheduled } = queue.counts();
    const inPlaces = ready + locked + deferred + scheduled;
    const peeked = queue.peek({ fromSequenceNumber: 0, count: Infinity }, this.now);
    const numbers = peeked.map(({ sequenceNumber }) => sequenceNumber);
    const buried = dead.map(({ sequenceNumber }) => sequenceNumber);
    const tokens = peeked.flatMap(({ lockToken }) => lockToken ?? []);
    expect({
      accounted: inPlaces + dead.length + this.completed + this.cancelled,
      peeked: numbers.length,
      inOrder: numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0)),
      places: new Set([...numbers, ...buried]).size,
      locks: new Set(tokens).size,
      exhausted: peeked.filter(({ deliveryCount }) => deliveryCount >= maxDeliveryCount),
    }).toEqual({
      accounted: this.sent,
      peeked: inPlaces,
      inOrder: true,
      places: inPlaces + dead.length,
      locks: locked,
      exhausted: [],
    });
  }

  /** In the end everything that is not deferred can still be received, by whoever comes then. */
  finish(): void {
    this.now = addDuration(this.now, durationMs(10 * lockMs));
    const { queue } = this.#target;
    for (const session of this.#hasSessions ? ['s0', 's1', 's2', 's3'] : [undefined]) {
      const lock =
        session === undefined
          ? undefined
          : queue.acceptSession({ sessionId: session, holder: 'last' }, this.now);
      const request = {
        mode: 'receiveAndDelete',
        session: lock?.ok ? lock.value : undefined,
      } as const;
      while (queue.receive(request, this.now) !== undefined) this.completed++;
    }
    expect(queue.counts()).toMatchObject({ ready: 0, locked: 0, scheduled: 0 });
    this.check();
  }

  #send({ id, delayMs, ttlMs }: Step & { readonly type: 'send' }): void {
    const message = messageOf({
      system: { messageId: `m${id}`, sessionId: this.#hasSessions ? `s${id % 4}` : undefined },
      ...(delayMs > 0 && { scheduledAt: addDuration(this.now, durationMs(delayMs)) }),
      ...(ttlMs > 0 && { timeToLive: ttlMs }),
    });
    const submitted = this.#target.queue.submit({ message }, this.now);
    if (!submitted.ok) throw new Error(submitted.problem);
    this.sent++;
    if (delayMs > 0) this.#scheduled.push(submitted.value);
  }

  #receive(deletes: boolean): void {
    const mode = deletes ? 'receiveAndDelete' : 'peekLock';
    const session = this.#sessions.at(-1);
    this.#note(this.#target.queue.receive({ mode, session }, this.now));
  }

  #note(delivery: Delivery | undefined): void {
    if (delivery === undefined) return;
    if (delivery.lock === undefined) this.completed++;
    else this.#held.set(delivery.lock.token, delivery);
  }

  #settle(token: LockToken | undefined, how: HowSettled): void {
    if (token === undefined) return;
    const delivery = this.#held.get(token);
    this.#held.delete(token);
    this.#stale.push(token);
    const settled = this.#target.queue.settle({ token, settlement: toSettlement(how) }, this.now);
    if (!settled.ok || delivery === undefined) return;
    const { sequenceNumber } = delivery.message;
    if (how === 'complete') this.completed++;
    if (how === 'defer') this.#deferred.push(sequenceNumber);
  }

  /** A lock that has been used must not settle anything again. */
  #settleStale({ index, how }: Step & { readonly type: 'settleStale' }): void {
    const token = pick(this.#stale, index);
    if (token === undefined) return;
    const settlement = toSettlement(how);
    expect(this.#target.queue.settle({ token, settlement }, this.now).ok).toBe(false);
  }

  #renew(token: LockToken | undefined): void {
    if (token !== undefined) this.#target.queue.renewLock(token, this.now);
  }

  #receiveDeferred({ index, deletes }: Step & { readonly type: 'receiveDeferred' }): void {
    const sequenceNumber = pick(this.#deferred, index);
    if (sequenceNumber === undefined) return;
    const mode = deletes ? 'receiveAndDelete' : 'peekLock';
    const request = {
      sequenceNumbers: [sequenceNumber],
      mode,
      session: this.#sessions.at(-1),
    } as const;
    const received = this.#target.queue.receiveDeferred(request, this.now);
    if (received.ok) for (const delivery of received.value) this.#note(delivery);
  }

  #cancel(sequenceNumber: number | undefined): void {
    if (sequenceNumber === undefined) return;
    if (this.#target.queue.cancelScheduled([sequenceNumber], this.now).ok) this.cancelled++;
    this.#scheduled = this.#scheduled.filter((other) => other !== sequenceNumber);
  }

  #acceptSession(session: number): void {
    if (!this.#hasSessions) return;
    const sessionId = session === 3 ? undefined : `s${session}`;
    const lock = this.#target.queue.acceptSession({ sessionId, holder: 'h' }, this.now);
    if (lock.ok) this.#sessions.push(lock.value);
  }

  #releaseSession(index: number): void {
    const lock = pick(this.#sessions, index);
    if (lock === undefined) return;
    this.#target.queue.releaseSession(lock, this.now);
    this.#sessions = this.#sessions.filter((other) => other !== lock);
  }
}

function toSettlement(how: HowSettled): Settlement {
  if (how !== 'deadLetter') return { action: how };
  return { action: 'deadLetter', cause: { reason: 'r', description: 'd' } };
}

function pick<Item>(items: readonly Item[], index: number): Item | undefined {
  return items[index % Math.max(1, items.length)];
}

function live(settings: Partial<QueueSettings>, life: readonly Step[]): void {
  const observed = new Life(settings);
  for (const step of life) {
    observed.take(step);
    observed.check();
  }
  observed.finish();
}

/** Completes up to two messages of a session and gives it back. */
function completeTwo(queue: BrokerQueue, session: SessionLock): readonly number[] {
  const deliveries = [0, 1].flatMap(() => {
    const delivery = queue.receive({ mode: 'peekLock', session }, noon);
    if (delivery?.lock === undefined) return [];
    const { token } = delivery.lock;
    queue.settle({ token, settlement: { action: 'complete' } }, noon);
    return [delivery.message.sequenceNumber];
  });
  queue.releaseSession(session, noon);
  return deliveries;
}

describe('Whatever happens to a queue', () => {
  it('no message is lost or in two places', () => {
    fc.assert(
      fc.property(steps, (life) => {
        live({}, life);
      }),
      { numRuns: 120 },
    );
  });

  it('no message of a queue with sessions is lost or in two places', () => {
    fc.assert(
      fc.property(steps, (life) => {
        live({ requiresSession: true }, life);
      }),
      { numRuns: 120 },
    );
  });

  it('messages of one session are delivered in order while nothing fails', () => {
    const sessions = fc.array(fc.nat(2), { minLength: 1, maxLength: 40, size: 'max' });
    fc.assert(
      fc.property(sessions, fc.array(fc.nat(3), { maxLength: 60, size: 'max' }), (sent, reads) => {
        const { queue } = openQueue({ requiresSession: true });
        for (const [index, session] of sent.entries()) {
          const system = { messageId: String(index), sessionId: `s${session}` };
          queue.submit({ message: messageOf({ system }) }, noon);
        }
        const seen = new Map<string, number[]>();
        const note = (sessionId: string, numbers: readonly number[]): void => {
          seen.set(sessionId, [...(seen.get(sessionId) ?? []), ...numbers]);
        };
        for (const read of reads) {
          const sessionId = read === 3 ? undefined : `s${read}`;
          const lock = queue.acceptSession({ sessionId, holder: 'h' }, noon);
          if (lock.ok) note(lock.value.sessionId, completeTwo(queue, lock.value));
        }
        expect([...seen.values()].flat()).toHaveLength(sent.length - queue.counts().ready);
        for (const list of seen.values()) {
          expect(list).toEqual([...list].sort((left, right) => left - right));
        }
      }),
    );
  });
});
