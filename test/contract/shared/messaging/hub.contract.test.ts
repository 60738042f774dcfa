import { EventHubConsumerClient, EventHubProducerClient } from '@azure/event-hubs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type Broker } from '../../../../local/broker/server.ts';
import type { HubPartition } from '../../../../shared/kernel/author.ts';
import { durationMs, systemClock } from '../../../../shared/kernel/time.ts';
import { createHubDirectory } from '../../../../shared/messaging/hub-directory.ts';
import { askHubFacts, createHubReader } from '../../../../shared/messaging/hub-reader.ts';
import { createHubSender } from '../../../../shared/messaging/hub-sender.ts';
import { createRelayUnwrapper } from '../../../../shared/messaging/relay-unwrapper.ts';
import { createRelay } from '../../../../shared/messaging/relay.ts';
import type { HubReader } from '../../../../shared/ports/hub.ts';
import { busMessage } from '../../../support/bus-messages.ts';
import { hubReaderContract } from '../../../support/contracts/hub-reader.ts';
import { createFakePayloadStore } from '../../../support/fake-payload-store.ts';

const hub = 'bronze-landing';
const group = 'cg-data-reread';
const origin = 'upstream-events/Subscriptions/bronze-relay';
const keptEvents = 50;

interface Connection {
  readonly broker: Broker;
  readonly reader: HubReader;
  readonly producer: EventHubProducerClient;
  readonly partition: (partitionId: string) => Promise<HubPartition>;
  close(): Promise<void>;
}

async function connect(): Promise<Connection> {
  const hubs = [{ name: hub, partitionCount: 12, consumerGroups: [group] }];
  const broker = await startBroker({ eventHubs: { hubs, retention: { maxEvents: keptEvents } } });
  const client = new EventHubConsumerClient(group, broker.eventHubs, hub);
  const producer = new EventHubProducerClient(broker.eventHubs, hub);
  const directory = createHubDirectory({
    ask: () => askHubFacts(client),
    clock: systemClock,
    maxAge: durationMs(30_000),
  });
  const timeout = durationMs(10_000);
  const reader = createHubReader({ clientOf: () => client, directory, timeout });
  return {
    broker,
    reader,
    producer,
    partition: async (partitionId) => {
      const { incarnation } = await directory.facts(hub);
      const consumerGroup = 'cg-data-bronze';
      return { namespace: '127.0.0.1', hub, incarnation, consumerGroup, partitionId };
    },
    close: async () => {
      await Promise.all([client.close(), producer.close()]);
      await broker.stop();
    },
  };
}

let connection: Connection;

beforeAll(async () => {
  connection = await connect();
});

afterAll(() => connection.close());

const bodies = (count: number): { body: Buffer }[] =>
  Array.from({ length: count }, (_, at) => ({ body: Buffer.from(`{"n":${at}.0}`) }));

/** Partitions from 4 on are for the contract: each of its tests asks for an empty one. */
let nextPartition = 4;

hubReaderContract('Event Hubs client', async () => {
  const partitionId = String(nextPartition++);
  return {
    reader: connection.reader,
    partition: await connection.partition(partitionId),
    send: (texts) =>
      connection.producer.sendBatch(
        texts.map((text) => ({ body: Buffer.from(text) })),
        { partitionId },
      ),
  };
});

describe('createHubReader', () => {
  it('says what an empty partition holds', async () => {
    const partition = await connection.partition('3');
    expect(await connection.reader.bounds(partition)).toEqual({
      beginSequenceNumber: 0,
      lastSequenceNumber: -1,
    });
    expect(await connection.reader.read(partition, 0, 10)).toEqual([]);
  });

  it('reads exactly the range that was asked for, bytes untouched', async () => {
    const partition = await connection.partition('0');
    await connection.producer.sendBatch(bodies(20), { partitionId: '0' });
    const messages = await connection.reader.read(partition, 5, 8);
    expect(messages.map(({ sequenceNumber }) => sequenceNumber)).toEqual([5, 6, 7, 8]);
    expect(Buffer.from(messages[0]?.body ?? []).toString()).toBe('{"n":5.0}');
  });

  it('reads what retention has left of a range, and nothing beyond the newest message', async () => {
    const partition = await connection.partition('1');
    await connection.producer.sendBatch(bodies(keptEvents + 30), { partitionId: '1' });
    const { reader } = connection;
    expect(await reader.bounds(partition)).toEqual({
      beginSequenceNumber: 30,
      lastSequenceNumber: keptEvents + 29,
    });
    const messages = await reader.read(partition, 10, 1_000_000);
    expect(messages).toHaveLength(keptEvents);
    expect(messages[0]?.sequenceNumber).toBe(30);
    expect(await reader.read(partition, 0, 29)).toEqual([]);
  });

  it('spells properties as the trigger would', async () => {
    const partition = await connection.partition('2');
    const properties = { 'cloudEvents:id': 'a', Foo: 1, when: new Date(0) };
    const event = { body: Buffer.of(0xff), contentType: 'text/plain', properties };
    await connection.producer.sendBatch([event], { partitionId: '2' });
    const [message] = await connection.reader.read(partition, 0, 0);
    expect(message).toMatchObject({ contentType: 'text/plain', body: Buffer.of(0xff) });
    expect(message?.properties).toEqual(
      new Map<string, unknown>([
        ['cloudEvents:id', 'a'],
        ['foo', 1],
        ['when', '1970-01-01T00:00:00.000Z'],
      ]),
    );
  });

  it('knows its incarnation from one that is gone', async () => {
    const partition = await connection.partition('0');
    expect(await connection.reader.isCurrent(partition)).toBe(true);
    const former = { ...partition, incarnation: '2020-01-01T00:00:00.000Z' };
    expect(await connection.reader.isCurrent(former)).toBe(false);
  });

  it('asks to be tried again when the broker does not answer', async () => {
    const nowhere = connection.broker.eventHubs.replace(/:\d+;/, ':1;');
    const retryOptions = { maxRetries: 0, timeoutInMs: 2_000 };
    const client = new EventHubConsumerClient(group, nowhere, hub, { retryOptions });
    await expect(askHubFacts(client)).rejects.toMatchObject({
      code: 'broker.unavailable',
      kind: 'transient',
    });
    await client.close();
  });
});

describe('the relay over a real hub', () => {
  it('brings bytes, content type and hostile properties through, small or too large', async () => {
    const { producer, reader, partition } = connection;
    const payloads = createFakePayloadStore();
    const relay = createRelay({
      origin,
      sender: createHubSender(producer),
      partitionIds: () => Promise.resolve(['3']),
      payloads,
    });
    const properties = new Map<string, unknown>([
      ['cloudEvents:id', "'; --"],
      ['x-bronzeflow-origin', 'forged'],
      ['flag', true],
      ['half', 0.5],
    ]);
    const sent = [
      busMessage({ properties, body: Uint8Array.of(0xff, 0x00) }),
      busMessage({ properties, body: Buffer.alloc(1_500_000, 'x') }),
      busMessage({ contentType: undefined, body: Buffer.from('last') }),
    ];
    const { lastSequenceNumber } = await reader.bounds(await partition('3'));
    await relay.relay(sent);
    const first = lastSequenceNumber + 1;
    const arrived = await reader.read(await partition('3'), first, first + 2);
    const unwrapper = createRelayUnwrapper({
      landingHub: hub,
      origins: new Set([origin]),
      payloads,
    });
    for (const [at, message] of sent.entries()) {
      const received = arrived[at];
      if (received === undefined) throw new Error(`message ${at} did not arrive`);
      const unwrapped = await unwrapper.unwrap(received, hub);
      expect(unwrapped.origin).toBe(origin);
      expect(unwrapped.message.contentType).toBe(message.contentType);
      expect(unwrapped.message.properties).toEqual(message.properties);
      expect(Buffer.compare(unwrapped.message.body, message.body)).toBe(0);
    }
  });
});
