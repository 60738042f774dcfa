import { createOrderKeeper } from '../../../functions/compose/keep-order.ts';
import { createRecoverer, type Work } from '../../../functions/compose/recover.ts';
import { createDeadLetterReader } from '../../../shared/messaging/dead-letters/dead-letter-reader.ts';
import { durationMs, epochMs } from '../../../shared/kernel/time.ts';
import type { BusMessage } from '../../../shared/messaging/bus-message.ts';
import type { OutgoingMessage } from '../../../shared/ports/bus.ts';
import type { DeadMessage } from '../../../shared/ports/dead-letters.ts';
import { createCircuitBreaker } from '../../../shared/recoverability/circuit-breaker.ts';
import { busMessage } from '../bus-messages.ts';
import { createMemoryDeadLetters } from '../dead-letters/memory-dead-letters.ts';
import { readerWith } from '../events/readers.ts';
import { createFakePayloadStore } from '../fake-payload-store.ts';
import { createMemoryCircuitStore } from './memory-circuit-store.ts';

const log = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };
const start = Date.UTC(2026, 10, 20, 8);

export interface WorldOptions {
  readonly immediate?: number;
  readonly circuitFailures?: number;
  /** By default the broker's 10. */
  readonly maxDeliveries?: number;
  /** Called before each dead letter is sent. */
  readonly beforeReject?: () => void;
  /** Called before each request to the desk of dead letters. */
  readonly beforeDesk?: () => void;
}

/** Who handles a message in a test. */
export type Handler = (message: BusMessage, attempt: number) => ReturnType<Work>;

/**
 * One Service Bus entity in memory with the recoverer in front of a handler: what throws is delivered
 * again at once, scheduled copies come when the clock has moved.
 */
export function createRecoveryWorld(entity: string, options: WorldOptions = {}) {
  const { immediate = 5, circuitFailures = 100, maxDeliveries = 10 } = options;
  let now = start;
  let enqueued = 0;
  const clock = { now: () => epochMs(now) };
  const letters: DeadMessage[] = [];
  const scheduled: { readonly message: OutgoingMessage; readonly at: number }[] = [];
  const table = createMemoryDeadLetters(clock);
  const desk: typeof table = {
    ...table,
    list: (query) => {
      options.beforeDesk?.();
      return table.list(query);
    },
  };
  const retries = { immediate, delays: [10_000, 20_000, 30_000].map(durationMs), jitter: 0.2 };
  const circuits = {
    failures: circuitFailures,
    window: durationMs(600_000),
    coolDown: durationMs(60_000),
    refresh: durationMs(1),
  };
  const orderPorts = {
    ...{ desk, intake: desk, payloads: createFakePayloadStore(), now: clock.now },
    reader: createDeadLetterReader(readerWith(), 'brz_event_dead_letter'),
  };
  const { handle } = createRecoverer({
    ...{ clock, log },
    settings: { retries, circuits, orderedEntities: ['orders'] },
    sharedQueue: 'shared',
    random: () => 0.5,
    wait: (duration) => {
      now += duration;
      return Promise.resolve();
    },
    bus: () =>
      Promise.resolve({
        send: (queue, message, deliverAt = clock.now()) => {
          const expected = entity.includes('/') ? 'shared' : entity;
          if (queue !== expected) throw new Error(`sent to ${queue}`);
          scheduled.push({ message, at: deliverAt });
          return Promise.resolve();
        },
      }),
    deadLetters: {
      reject: async (dead) => {
        await Promise.resolve();
        options.beforeReject?.();
        letters.push(...dead);
      },
    },
    breaker: createCircuitBreaker({
      ...{ store: createMemoryCircuitStore(), clock, log, settings: circuits },
      refresh: circuits.refresh,
    }),
    order: createOrderKeeper(['orders'], () => Promise.resolve(orderPorts)),
  });

  /** Delivers until the message is completed; gives the delivery count. */
  const deliver = async (message: BusMessage, work: Handler, from = 1): Promise<number> => {
    for (let count = 0; count < maxDeliveries; count += 1) {
      const deliveryCount = from + count;
      now += 1;
      const delivered = { ...message, deliveryCount };
      const isDone = await handle({ entity, message: delivered }, (attempt) =>
        work(delivered, attempt),
      ).then(
        () => true,
        () => false,
      );
      if (isDone) return deliveryCount;
    }
    throw new Error('the broker has given it up');
  };
  return {
    ...{ clock, desk, letters, scheduled, deliver },
    pass: (duration: number): void => {
      now += duration;
    },
    /** A message as it arrives at the entity. */
    arrive: (fields: Partial<BusMessage> = {}): BusMessage => {
      enqueued += 1;
      return busMessage({ sequenceNumber: enqueued, enqueuedAt: clock.now(), ...fields });
    },
    /** Delivers copies when they are due, and the copies of copies. */
    deliverCopies: async (work: Handler): Promise<number> => {
      let copies = 0;
      for (let next = scheduled.shift(); next !== undefined; next = scheduled.shift()) {
        copies += 1;
        now = Math.max(now, next.at);
        enqueued += 1;
        const { properties, body, sessionId, contentType } = next.message;
        const place = { sequenceNumber: enqueued, enqueuedAt: clock.now(), body };
        const sent = { sessionId, contentType, properties: new Map(Object.entries(properties)) };
        await deliver(busMessage({ ...place, ...sent }), work);
      }
      return copies;
    },
  };
}
