import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../shared/kernel/app-error.ts';
import type { HubSender, OutgoingEvent } from '../../../../shared/messaging/hub-sender.ts';
import { createRelayUnwrapper } from '../../../../shared/messaging/relay-unwrapper.ts';
import { createRelay } from '../../../../shared/messaging/relay.ts';
import { arrivalOf, busMessage } from '../../../support/bus-messages.ts';
import { createFakePayloadStore } from '../../../support/fake-payload-store.ts';

const origin = 'upstream-events/Subscriptions/bronze-relay';
const landingHub = 'bronze-landing';

/** A hub whose batches take `limit` bytes of bodies; partitions named in `down` fail to send. */
function createFakeHub(limit = 1000, down: ReadonlySet<string> = new Set()) {
  const sent = new Map<string, OutgoingEvent[][]>();
  const sender: HubSender = {
    open: (partitionId) => {
      const events: OutgoingEvent[] = [];
      return Promise.resolve({
        tryAdd: (event) => {
          const used = events.reduce((sum, { body }) => sum + body.byteLength, 0);
          if (used + event.body.byteLength > limit) return false;
          return events.push(event) > 0;
        },
        get size() {
          return events.length;
        },
        send: () => {
          if (down.has(partitionId)) {
            const error = new AppError('broker.unavailable', 'down', { kind: 'transient' });
            return Promise.reject(error);
          }
          sent.set(partitionId, [...(sent.get(partitionId) ?? []), events]);
          return Promise.resolve();
        },
      });
    },
  };
  const arrived = (): OutgoingEvent[] => [...sent.values()].flat(2);
  return { sent, sender, arrived };
}

function createRelayTo(sender: HubSender, payloads = createFakePayloadStore()) {
  const partitionIds = () => Promise.resolve(['0', '1', '2', '3']);
  const relay = createRelay({ origin, sender, partitionIds, payloads });
  const unwrapper = createRelayUnwrapper({ landingHub, origins: new Set([origin]), payloads });
  return { relay, unwrapper, payloads };
}

describe('createRelay', () => {
  it('opens the way to every partition when it is told to connect, and sends nothing', async () => {
    const hub = createFakeHub();
    const opened: string[] = [];
    const open: HubSender['open'] = (partitionId) => {
      opened.push(partitionId);
      return hub.sender.open(partitionId);
    };
    const { relay } = createRelayTo({ open });
    await relay.connect();
    expect(opened).toEqual(['0', '1', '2', '3']);
    expect(hub.arrived()).toEqual([]);
  });

  it('carries bytes, content type, properties and origin through the landing hub', async () => {
    const hub = createFakeHub();
    const { relay, unwrapper } = createRelayTo(hub.sender);
    const message = busMessage({
      sequenceNumber: 41,
      contentType: 'application/json; charset=utf-8',
      properties: new Map<string, unknown>([
        ['cloudEvents:id', 'a'],
        ['count', 7],
        ['__proto__', 'x'],
      ]),
      body: Uint8Array.of(0xff, 0, 0x7b),
    });
    await relay.relay([message]);
    const [event] = hub.arrived();
    if (event === undefined) throw new Error('nothing arrived');
    expect(event.properties.get('x-bronzeflow-sequence-number')).toBe('41');
    const unwrapped = await unwrapper.unwrap(arrivalOf(event), landingHub);
    expect(unwrapped.origin).toBe(origin);
    expect(unwrapped.message.contentType).toBe(message.contentType);
    expect(unwrapped.message.properties).toEqual(message.properties);
    expect(unwrapped.message.body).toEqual(message.body);
  });

  it.each(['sessionId', 'partitionKey'] as const)(
    'keeps messages of one %s in one partition and in order',
    async (field) => {
      const hub = createFakeHub(3);
      const { relay } = createRelayTo(hub.sender);
      const bodies = ['a', 'b', 'c', 'd', 'e'];
      await relay.relay(
        bodies.flatMap((text, at) => [
          busMessage({ sequenceNumber: at, [field]: 'SO-1', body: Buffer.from(text) }),
          busMessage({ sequenceNumber: at, body: Buffer.from('-') }),
        ]),
      );
      const orders = [...hub.sent.values()].map((batches) =>
        batches.flat().map(({ body }) => Buffer.from(body).toString()),
      );
      expect(orders.map((order) => order.filter((text) => text !== '-').join(''))).toContain(
        'abcde',
      );
    },
  );

  it('keeps messages of one binary-mode subject in one partition, and spreads those without a key', async () => {
    const hub = createFakeHub();
    const { relay } = createRelayTo(hub.sender);
    const properties = new Map([['cloudEvents:subject', 'SO-1']]);
    await relay.relay([1, 2, 3, 4].map((at) => busMessage({ sequenceNumber: at, properties })));
    expect(hub.sent.size).toBe(1);
    await relay.relay([1, 2, 3, 4].map((at) => busMessage({ sequenceNumber: at })));
    expect(hub.sent.size).toBe(4);
  });

  it('sends one batch per partition however many keys there are', async () => {
    const hub = createFakeHub(1_000_000);
    const { relay } = createRelayTo(hub.sender);
    const messages = Array.from({ length: 200 }, (_, at) => busMessage({ sessionId: `SO-${at}` }));
    await relay.relay(messages);
    expect([...hub.sent.values()].map((batches) => batches.length)).toEqual([1, 1, 1, 1]);
    expect(hub.arrived()).toHaveLength(200);
  });

  it('sends a full batch and goes on with the next', async () => {
    const hub = createFakeHub(10);
    const { relay } = createRelayTo(hub.sender);
    const body = Buffer.from('1234');
    await relay.relay([1, 2, 3].map(() => busMessage({ sessionId: 's', body })));
    expect([...hub.sent.values()].flat().map((batch) => batch.length)).toEqual([2, 1]);
  });

  it('carries a body that is too large for the hub in a blob, once however often it is relayed', async () => {
    const hub = createFakeHub(1000);
    const { relay, unwrapper, payloads } = createRelayTo(hub.sender);
    const body = Buffer.alloc(5000, 'x');
    await relay.relay([busMessage({ body })]);
    await relay.relay([busMessage({ body })]);
    expect(payloads.blobs.size).toBe(1);
    const [event] = hub.arrived();
    if (event === undefined) throw new Error('nothing arrived');
    expect(event.body.byteLength).toBeLessThan(200);
    const unwrapped = await unwrapper.unwrap(arrivalOf(event), landingHub);
    expect(Buffer.compare(unwrapped.message.body, body)).toBe(0);
    expect(unwrapped.message.properties.size).toBe(0);
  });

  it('throws when a partition is down, but only after the others have what is theirs', async () => {
    const hub = createFakeHub(1000, new Set(['1']));
    const { relay } = createRelayTo(hub.sender);
    const messages = [0, 1, 2, 3].map((at) => busMessage({ sequenceNumber: at }));
    await expect(relay.relay(messages)).rejects.toMatchObject({ code: 'broker.unavailable' });
    expect([...hub.sent.keys()].sort()).toEqual(['0', '2', '3']);
  });
});

describe('what a producer cannot do', () => {
  const spoof = new Map([
    ['x-bronzeflow-origin', 'other/Subscriptions/forged'],
    ['X-Bronzeflow-payload', 'payloads/secret'],
    ['x-bronzeflow-escaped-x-bronzeflow-origin', 'deeper'],
  ]);

  it('forge an origin through the topic: its property travels escaped and comes back as it was', async () => {
    const hub = createFakeHub();
    const { relay, unwrapper } = createRelayTo(hub.sender);
    await relay.relay([busMessage({ properties: spoof })]);
    const [event] = hub.arrived();
    if (event === undefined) throw new Error('nothing arrived');
    const unwrapped = await unwrapper.unwrap(arrivalOf(event), landingHub);
    expect(unwrapped.origin).toBe(origin);
    expect(unwrapped.message.properties).toEqual(spoof);
  });

  it('forge an origin on another hub: nothing is unwrapped there', async () => {
    const { unwrapper } = createRelayTo(createFakeHub().sender);
    const properties = new Map([['x-bronzeflow-origin', origin]]);
    const message = { ...arrivalOf({ contentType: undefined, properties, body: Buffer.of(1) }) };
    expect(await unwrapper.unwrap(message, 'events')).toEqual({ origin: 'events', message });
  });

  it('invent an origin on the landing hub', async () => {
    const { unwrapper } = createRelayTo(createFakeHub().sender);
    const message = arrivalOf({ contentType: undefined, properties: spoof, body: Buffer.of(1) });
    expect(await unwrapper.unwrap(message, landingHub)).toEqual({ origin: landingHub, message });
  });

  it('stop a partition with a reference to a blob that is not there', async () => {
    const { unwrapper } = createRelayTo(createFakeHub().sender);
    const properties = new Map([
      ['x-bronzeflow-origin', origin],
      ['x-bronzeflow-payload', 'payloads/gone'],
    ]);
    const body = Buffer.from('{}');
    const unwrapped = await unwrapper.unwrap(
      arrivalOf({ contentType: undefined, properties, body }),
      landingHub,
    );
    expect(unwrapped).toMatchObject({ origin, message: { body } });
  });
});
