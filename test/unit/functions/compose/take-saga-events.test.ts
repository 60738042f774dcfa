import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  takeSagaEvents,
  type EventTaker,
  type SagaDelivery,
} from '../../../../functions/compose/take-saga-events.ts';
import { definitions } from '../../../../sagas/definitions.ts';
import { createDemandReader } from '../../../../sagas/runner/read-demands.ts';
import type { SagaStarter } from '../../../../sagas/runner/take-demand.ts';
import { readConfig } from '../../../../shared/config/read-config.ts';
import { AppError } from '../../../../shared/kernel/app-error.ts';
import { durationMs, epochMs } from '../../../../shared/kernel/time.ts';
import type { OutgoingMessage } from '../../../../shared/ports/bus.ts';
import type { DeadMessage } from '../../../../shared/ports/dead-letters.ts';
import type { EventReader } from '../../../../shared/ports/events.ts';
import { createCircuitBreaker } from '../../../../shared/recoverability/circuit-breaker.ts';
import { busMessage, hubMessage } from '../../../support/bus-messages.ts';
import { salesOrder } from '../../../support/events.ts';
import { readerWith } from '../../../support/events/readers.ts';
import { createMemoryCircuitStore } from '../../../support/recoverability/memory-circuit-store.ts';
import { orderCreated, orderFailed } from '../../../support/sagas/saga-world.ts';

const log = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };
const clock = { now: () => epochMs(Date.UTC(2026, 10, 21)) };
const outage = new AppError('durable.unavailable', 'down', { kind: 'transient' });
const circuits = { failures: 3, window: durationMs(60_000), coolDown: durationMs(60_000) };

/** What the starter throws, by the id of the order. */
let failures: Map<string, unknown>;
let started: string[];
let letters: DeadMessage[];
let copies: { readonly queue: string; readonly message: OutgoingMessage }[];

beforeEach(() => {
  failures = new Map();
  started = [];
  letters = [];
  copies = [];
});

function start(id: string): void {
  if (failures.has(id)) throw failures.get(id);
  started.push(id);
}

const starter: SagaStarter = {
  start: (_definition, { data }) => {
    const sagaId = JSON.stringify(data['order_id']).slice(1, -1);
    start(sagaId);
    return Promise.resolve({ kind: 'started', sagaId });
  },
  cancel: (sagaId) => {
    start(sagaId);
    return Promise.resolve('recorded');
  },
};

/** A reader with a slip: it fails for messages that say so. */
function slippery(reader: EventReader): EventReader {
  return {
    read: (message) => {
      if (Buffer.from(message.body).includes('SLIP')) throw new TypeError('x is undefined');
      return reader.read(message);
    },
  };
}

function createTaker(): EventTaker {
  const sample = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as {
    readonly Values: Record<string, string>;
  };
  const config = readConfig({
    ...sample.Values,
    AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  });
  if (!config.ok) throw new Error(JSON.stringify(config.problem));
  const reader = slippery(readerWith());
  const store = createMemoryCircuitStore();
  const foundation = {
    ...{ config: config.value, clock, log },
    hubs: { namespace: 'ns' },
    bus: () =>
      Promise.resolve({
        send: (queue: string, message: OutgoingMessage) => {
          copies.push({ queue, message });
          return Promise.resolve();
        },
      }),
    directory: { facts: () => Promise.resolve({ incarnation: '2026', partitionIds: ['0'] }) },
    deadLetters: {
      reject: (dead: readonly DeadMessage[]) => {
        letters.push(...dead);
        return Promise.resolve();
      },
    },
  };
  return {
    // Of the connections only what is used is there.
    foundation: foundation as unknown as EventTaker['foundation'],
    breaker: createCircuitBreaker({
      ...{ store, clock, log, settings: circuits },
      refresh: durationMs(1),
    }),
    ...{ reader, starter, demands: createDemandReader(reader, definitions) },
  };
}

const contentType = 'application/cloudevents+json';

function fromHub(...events: readonly object[]): SagaDelivery {
  const messages = events.map((event, sequenceNumber) =>
    hubMessage({ sequenceNumber, contentType, body: Buffer.from(JSON.stringify(event)) }),
  );
  return { kind: 'hub', hub: 'events', partitionId: '0', messages };
}

function fromBus(
  event: object,
  deliveryCount: number,
  properties: ReadonlyMap<string, unknown>,
): SagaDelivery {
  const message = busMessage({
    deliveryCount,
    properties,
    body: Buffer.from(JSON.stringify(event)),
  });
  return { kind: 'bus', entity: 'upstream-events/Subscriptions/order-sagas', messages: [message] };
}

const codes = (): readonly string[] =>
  letters.map(({ rejection }) => `${rejection.category} ${rejection.violations[0].code}`);

describe('events for sagas that come from the hub', () => {
  it('wait while a dependency is down, however often they are delivered', async () => {
    const taker = createTaker();
    failures.set('SO-1', outage);
    for (let times = 0; times < 30; times += 1) {
      await expect(takeSagaEvents(taker, fromHub(orderCreated('SO-1')))).rejects.toBe(outage);
    }
    failures.clear();
    await takeSagaEvents(taker, fromHub(orderCreated('SO-1')));
    expect(started).toEqual(['SO-1']);
    expect(letters).toEqual([]);
  });

  it('become dead letters when handling them shows a bug, and stop no other', async () => {
    failures.set('SO-1', new TypeError('x is undefined'));
    failures.set('SO-2', new AppError('storage.unexpected_answer', 'no', { kind: 'permanent' }));
    const events = ['SO-1', 'SO-2', 'SO-3'].map(orderCreated);
    await takeSagaEvents(createTaker(), fromHub(...events));
    expect(started).toEqual(['SO-3']);
    expect(codes()).toEqual(['processing bug', 'processing storage.unexpected_answer']);
    expect(letters[0]).toMatchObject({ origin: 'events/ConsumerGroups/cg-data-sagas' });
  });

  it('become dead letters when they cannot even be read', async () => {
    const slip = salesOrder({ subject: 'SLIP' });
    await takeSagaEvents(createTaker(), fromHub(slip, orderCreated('SO-1')));
    expect(started).toEqual(['SO-1']);
    expect(codes()).toEqual(['processing bug']);
    expect(letters[0]).toMatchObject({ sequenceNumber: 0, judged: [] });
  });

  it('are given up at once when their type fails again and again, and no other type is', async () => {
    const taker = createTaker();
    const names = ['SO-1', 'SO-2', 'SO-3', 'SO-4'];
    for (const name of names) failures.set(name, new TypeError('x'));
    for (const name of names) await takeSagaEvents(taker, fromHub(orderCreated(name)));
    await takeSagaEvents(taker, fromHub(orderCreated('SO-5'), orderFailed('SO-6')));
    expect(codes()).toEqual([
      ...['processing bug', 'processing bug', 'processing bug'],
      ...['poison circuit.open', 'poison circuit.open'],
    ]);
    expect(started).toEqual(['SO-6']);
  });
});

describe('events for sagas that come from a subscription', () => {
  it('are delivered again, come back as copies, and then are dead letters', async () => {
    const taker = createTaker();
    failures.set('SO-1', outage);
    const order = orderCreated('SO-1');
    let properties = new Map<string, unknown>();
    for (const round of [0, 1, 2, 3]) {
      for (const deliveryCount of [1, 2, 3, 4, 5]) {
        const delivery = fromBus(order, deliveryCount, properties);
        await expect(takeSagaEvents(taker, delivery)).rejects.toBe(outage);
      }
      expect(letters).toEqual([]);
      await takeSagaEvents(taker, fromBus(order, 6, properties));
      properties = new Map(Object.entries(copies[round]?.message.properties ?? {}));
    }
    const queue = 'dead-letter-replays';
    expect(copies.map((copy) => copy.queue)).toEqual([queue, queue, queue]);
    expect(codes()).toEqual(['processing durable.unavailable']);
    expect(letters[0]).toMatchObject({
      retryCount: 23,
      deliveryCount: 6,
      rejection: { violations: [{}, { code: 'retries.exhausted' }] },
    });
  });
});
