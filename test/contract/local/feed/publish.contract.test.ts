import { EventHubConsumerClient, type ReceivedEventData } from '@azure/event-hubs';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFeed } from '../../../../local/feed/parse-feed.ts';
import { countByOrigin, publish } from '../../../../local/feed/publish.ts';
import { startChild, type RunningChild } from '../../../support/child-process.ts';

let broker: RunningChild;
const connections = { eventHubs: '', serviceBus: '' };

beforeAll(async () => {
  broker = await startChild([
    'local/broker/main.ts',
    ...['--event-hubs', 'local/config/event-hubs.json'],
    ...['--service-bus', 'local/config/service-bus.json'],
  ]);
  connections.eventHubs = String(broker.ready['eventHubs']);
  connections.serviceBus = String(broker.ready['serviceBus']);
});

afterAll(() => broker.stop());

const directive = (send: object): string => JSON.stringify({ $send: send });
const keyed = (key: string, n: number): string =>
  directive({ to: 'hub', mode: 'raw', partitionKey: key, bodyText: `${key}${n}` });

/** Every line arrives once; the lines of one key in their order. */
const lines = [
  '{"specversion":"1.0","id":"1","subject":"S","data":{"price":58.90}}',
  directive({ to: 'hub', mode: 'raw', bodyText: '' }),
  directive({ to: 'hub', mode: 'raw', bodyBase64: '//4=' }),
  directive({ to: 'hub', mode: 'batch', events: [{ id: '2' }, { id: '3' }] }),
  directive({
    to: 'hub',
    mode: 'binary',
    event: { id: '4', datacontenttype: 'application/json', data: { n: 1 } },
    properties: { 'ce-extra': true },
  }),
  ...Array.from({ length: 250 }, (_, n) => keyed('A', n)),
  ...Array.from({ length: 40 }, (_, n) => keyed(`K${n % 4}-`, n)),
  directive({ to: 'servicebus', mode: 'structured', event: { specversion: '1.0', id: '5' } }),
  directive({ to: 'servicebus', mode: 'raw', bodyText: 'x', properties: { hop: 1 } }),
];

function feedOf(text: string) {
  const feed = parseFeed(new TextEncoder().encode(text));
  if (!feed.ok) throw new Error(JSON.stringify(feed.problem));
  return feed.value;
}

async function receiveAll(count: number): Promise<readonly ReceivedEventData[]> {
  const client = new EventHubConsumerClient('cg-data-reread', connections.eventHubs, 'events');
  const events: ReceivedEventData[] = [];
  const all = Promise.withResolvers<undefined>();
  const subscription = client.subscribe(
    {
      processEvents: (batch) => {
        events.push(...batch);
        if (events.length >= count) all.resolve(undefined);
        return Promise.resolve();
      },
      processError: (error) => {
        all.reject(error);
        return Promise.resolve();
      },
    },
    { startPosition: { offset: '-1' }, skipParsingBodyAsJson: true, maxWaitTimeInSeconds: 1 },
  );
  await all.promise;
  await subscription.close();
  await client.close();
  return events;
}

const textOf = (event: ReceivedEventData): string => (event.body as Buffer).toString('latin1');

describe('publishing a feed', () => {
  it('sends every message with its bytes, type, properties and key', async () => {
    const messages = feedOf(lines.join('\n'));
    const progress: number[] = [];
    await publish(messages, { ...connections, onProgress: (sent) => progress.push(sent) });
    expect(progress.at(-1)).toBe(lines.length);
    expect(Object.fromEntries(countByOrigin(messages))).toEqual({
      events: 296,
      'upstream-events/Subscriptions/bronze-relay': 2,
    });

    const events = await receiveAll(295);
    const byBody = new Map(events.map((event) => [textOf(event), event]));
    expect(byBody.size).toBe(295);
    expect(byBody.get(lines[0] ?? '')).toMatchObject({
      partitionKey: 'S',
      contentType: 'application/cloudevents+json; charset=UTF-8',
    });
    expect(byBody.has('')).toBe(true);
    expect(byBody.has('\xff\xfe')).toBe(true);
    expect(byBody.get('[{"id":"2"},{"id":"3"}]')?.contentType).toMatch(/batch\+json/);
    expect(byBody.get('{"n":1}')).toMatchObject({
      contentType: 'application/json',
      properties: { 'cloudEvents:id': '4', 'ce-extra': true },
    });
    for (const key of ['A', 'K0-', 'K1-', 'K2-', 'K3-']) {
      const own = events.filter((event) => event.partitionKey === key).map(textOf);
      expect(own).toEqual(lines.map((line) => byKey(line, key)).filter((body) => body !== ''));
    }
  });

  it('sends to the topic that is relayed', async () => {
    const client = new ServiceBusClient(connections.serviceBus);
    const receiver = client.createReceiver('upstream-events', 'bronze-relay', {
      receiveMode: 'receiveAndDelete',
      skipParsingBodyAsJson: true,
    });
    const messages = await receiver.receiveMessages(2, { maxWaitTimeInMs: 5_000 });
    await client.close();
    expect(messages.map(({ body }) => String(body))).toEqual([
      '{"specversion":"1.0","id":"5"}',
      'x',
    ]);
    expect(messages[1]?.applicationProperties).toEqual({ hop: 1 });
  });

  it('refuses a message that no broker takes', async () => {
    const huge = feedOf(`"${'x'.repeat(2 * 1024 * 1024)}"`);
    const publishing = publish(huge, { ...connections, onProgress: () => undefined });
    await expect(publishing).rejects.toThrow(/larger than the hub takes/);
  });
});

/** The body of a keyed line, or nothing. */
function byKey(line: string, key: string): string {
  const { $send: send } = JSON.parse(line) as {
    $send?: { partitionKey?: string; bodyText?: string };
  };
  return send?.partitionKey === key ? (send.bodyText ?? '') : '';
}
