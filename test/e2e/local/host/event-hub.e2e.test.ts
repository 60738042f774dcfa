import { EventHubProducerClient, type EventData } from '@azure/event-hubs';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, inject, it, type TestContext } from 'vitest';
import { startBroker, type Broker } from '../../../../local/broker/server.ts';
import { createSampleApp, HostProcess } from '../../../support/host-apps/host-process.ts';
import type { SampleApp } from '../../../support/host-apps/host-process.ts';

interface Batch {
  readonly ids: readonly string[];
  readonly partition: string;
  readonly attempt: number;
  readonly invocationId: string;
  readonly at: number;
}
interface Sent {
  readonly id: string;
  readonly fail?: number;
  readonly takes?: number;
}

const hubNames = [
  ...['many', 'texts', 'one', 'retried', 'skipped', 'killed', 'stopped'],
  ...['balanced', 'gathered', 'frequency', 'single', 'stolen'],
];
const hostJson = {
  extensions: { eventHubs: { maxEventBatchSize: 10, prefetchCount: 30 } },
};

/** Hosts are slow on a busy machine. */
const patience = { timeout: 15_000 };

let broker: Broker;
let app: SampleApp;
const storage = BlobServiceClient.fromConnectionString(inject('storageConnection'));

beforeAll(async () => {
  // Container and blobs are shared with other tests: a hub name of its own keeps them apart.
  const hubs = hubNames.map((name) => {
    const partitionCount = name === 'balanced' ? 4 : name === 'stolen' ? 2 : 1;
    return { name: hubOf(name), partitionCount, consumerGroups: ['readers'] };
  });
  broker = await startBroker({ eventHubs: { hubs } });
  app = await createSampleApp('event-hub-app.mjs', hostJson);
});

afterAll(async () => {
  await broker.stop();
  await app.remove();
});

const run = Date.now().toString(36);

function hubOf(name: string): string {
  return `${name}-${run}`;
}

async function start(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  [hub, functions]: readonly [hub: string, functions: string],
  settings: Record<string, string> = {},
): Promise<HostProcess> {
  const host = await HostProcess.start(app.directory, {
    AzureWebJobsStorage: inject('storageConnection'),
    Hubs: broker.eventHubs,
    HubName: hubOf(hub),
    Run: functions,
    LocalHost__LoadBalancingIntervalMs: '200',
    LocalHost__OwnershipExpiryMs: '1500',
    ...settings,
  });
  onTestFinished(async () => {
    await host.end();
  });
  return host;
}

async function send(hub: string, events: readonly EventData[], partitionId = '0'): Promise<void> {
  const producer = new EventHubProducerClient(broker.eventHubs, hubOf(hub));
  await producer.sendBatch([...events], { partitionId });
  await producer.close();
}

const sendJson = (hub: string, events: readonly Sent[], partitionId = '0'): Promise<void> =>
  send(
    hub,
    events.map((event) => ({ body: Buffer.from(JSON.stringify(event)) })),
    partitionId,
  );

/** The sequence number of a checkpoint; undefined if there is none. */
async function checkpoint(hub: string, partitionId = '0'): Promise<number | undefined> {
  const path = `127.0.0.1/${hubOf(hub)}/$default/checkpoint/${partitionId}`;
  const container = storage.getContainerClient('azure-webjobs-eventhub');
  for await (const blob of container.listBlobsFlat({ prefix: path, includeMetadata: true })) {
    return Number(blob.metadata?.['sequencenumber']);
  }
  return undefined;
}

const idsOf = (batches: readonly Batch[]): string[] => batches.flatMap(({ ids }) => [...ids]);

describe.concurrent('what an Event Hubs function gets', () => {
  it('is the exact bytes and the metadata of the real extension, as arrays', async (test) => {
    await send('many', [
      {
        body: Buffer.from([0, 255, 123]),
        contentType: 'application/cloudevents+json',
        messageId: 'm-1',
        correlationId: 'c-1',
        properties: { Upper: 'x', 'cloudEvents:id': '7', count: 3, at: new Date(0) },
      },
      { body: Buffer.from('{"a": 1.0}') },
    ]);
    const host = await start(test, ['many', 'describeMany']);
    const [value] = await host.waitForRecords<{
      areBuffers: boolean;
      base64: string[];
      triggerMetadata: Record<string, unknown>;
    }>('many', 1);
    expect(value?.areBuffers).toBe(true);
    expect(value?.base64).toEqual(['AP97', Buffer.from('{"a": 1.0}').toString('base64')]);
    const dateTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?$/) as string;
    const partition = {
      fullyQualifiedNamespace: '127.0.0.1',
      eventHubName: hubOf('many'),
      consumerGroup: '$Default',
      partitionId: '0',
    };
    expect(value?.triggerMetadata).toMatchObject({
      partitionContext: partition,
      triggerPartitionContext: partition,
      sequenceNumberArray: [0, 1],
      partitionKeyArray: ['', ''],
      enqueuedTimeUtcArray: [dateTime, dateTime],
      propertiesArray: [
        { upper: 'x', 'cloudEvents:id': '7', count: 3, at: '1970-01-01T00:00:00.000Z' },
        {},
      ],
      systemPropertiesArray: [
        {
          'message-id': 'm-1',
          'correlation-id': 'c-1',
          'content-type': 'application/cloudevents+json',
          'x-opt-sequence-number': 0,
          sequenceNumber: 0,
          partitionKey: null,
          enqueuedTimeUtc: dateTime,
        },
        { sequenceNumber: 1 },
      ],
    });
    expect(value?.triggerMetadata['offsetArray']).toHaveLength(2);
  });

  it('is text without a data type, which the library parses where it is JSON', async (test) => {
    await send('texts', [{ body: Buffer.from('{"a":1}') }, { body: Buffer.from('no json') }]);
    const host = await start(test, ['texts', 'describeTexts']);
    expect(await host.waitForRecords('texts', 1)).toEqual([[{ a: 1 }, 'no json']]);
  });

  it('is one event at a time with cardinality one, in the trace of its sender', async (test) => {
    const traceParent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
    await send('one', [
      { body: Buffer.from('{"n":1}'), properties: { 'Diagnostic-Id': traceParent } },
      { body: Buffer.from('{"n":2}') },
    ]);
    const host = await start(test, ['one', 'describeOne']);
    const [first, second] = await host.waitForRecords<{
      body: unknown;
      triggerMetadata: Record<string, unknown>;
      traceContext: { traceParent: string };
    }>('one', 2);
    expect([first?.body, second?.body]).toEqual([{ n: 1 }, { n: 2 }]);
    expect(first?.traceContext.traceParent).toBe(traceParent);
    expect(first?.triggerMetadata).toMatchObject({
      sequenceNumber: 0,
      properties: { 'diagnostic-Id': traceParent },
      systemProperties: { sequenceNumber: 0 },
    });
    expect(first?.triggerMetadata).not.toHaveProperty('partitionKey');
  });
});

describe.concurrent('the checkpoint of an Event Hubs function', () => {
  it('waits for the retries of a failing batch, each with an invocation id of its own', async (test) => {
    await sendJson('retried', [{ id: 'a', fail: 2 }]);
    const host = await start(test, ['retried', 'retried']);
    await host.waitForRecords('batch', 2);
    expect(await checkpoint('retried')).toBeUndefined();
    await host.waitForRecords('done', 1);
    const batches = host.records<Batch>('batch');
    expect(batches.map(({ attempt }) => attempt)).toEqual([0, 1, 2]);
    expect(new Set(batches.map(({ invocationId }) => invocationId)).size).toBe(3);
    await test.expect.poll(() => checkpoint('retried'), patience).toBe(0);
  });

  it('passes a failed batch when there is no retry policy: its events are skipped', async (test) => {
    await sendJson('skipped', [{ id: 'lost', fail: 99 }]);
    const first = await start(test, ['skipped', 'plain']);
    await test.expect.poll(() => checkpoint('skipped'), patience).toBe(0);
    await first.end();
    await sendJson('skipped', [{ id: 'next' }]);
    const second = await start(test, ['skipped', 'plain']);
    expect(idsOf(await second.waitForRecords<Batch>('batch', 1))).toEqual(['next']);
  });

  it('is not written by a host that is killed: the next one gets the batch again', async (test) => {
    await sendJson('killed', [{ id: 'a', takes: 60_000 }, { id: 'b' }]);
    const first = await start(test, ['killed', 'plain']);
    await first.waitForRecords('batch', 1);
    await first.end('SIGKILL');
    const second = await start(test, ['killed', 'plain']);
    expect(idsOf(await second.waitForRecords<Batch>('batch', 1))).toEqual(['a', 'b']);
    await second.end('SIGKILL');
  });

  it('is not written by a host that stops between retries', async (test) => {
    await sendJson('stopped', [{ id: 'a', fail: 99 }]);
    const first = await start(test, ['stopped', 'retried']);
    await first.waitForRecords('batch', 1);
    expect(await first.end()).toBe(0);
    expect(await checkpoint('stopped')).toBeUndefined();
    const second = await start(test, ['stopped', 'retried']);
    const [again] = await second.waitForRecords<Batch>('batch', 1);
    expect(again).toMatchObject({ ids: ['a'], attempt: 0 });
  });

  it('is written only after so many batches as host.json says', async (test) => {
    const overrides = {
      AzureFunctionsJobHost__extensions__eventHubs__batchCheckpointFrequency: '3',
      AzureFunctionsJobHost__extensions__eventHubs__maxEventBatchSize: '1',
    };
    await sendJson('frequency', [{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }]);
    const host = await start(test, ['frequency', 'plain'], overrides);
    await host.waitForRecords('done', 4);
    expect(await checkpoint('frequency')).toBe(2);
  });

  it('follows the last of the single events, failed or not', async (test) => {
    await sendJson('single', [{ id: 'a', fail: 99 }, { id: 'b' }]);
    const host = await start(test, ['single', 'single']);
    await host.waitForRecords('done', 1);
    await test.expect.poll(() => checkpoint('single'), patience).toBe(1);
    expect(idsOf(host.records<Batch>('batch'))).toEqual(['a', 'b']);
  });
});

describe.concurrent('the partitions of a hub', () => {
  it('are shared by two hosts, and taken over when one dies', async (test) => {
    const first = await start(test, ['balanced', 'plain']);
    const second = await start(test, ['balanced', 'plain']);
    const partitions = ['0', '1', '2', '3'];
    const count = (host: HostProcess, wave: string): number =>
      idsOf(host.records<Batch>('batch')).filter((id) => id.startsWith(wave)).length;
    let wave = 0;
    await test.expect
      .poll(
        async () => {
          wave += 1;
          const name = `wave${wave}-`;
          await Promise.all(
            partitions.map((partition) =>
              sendJson('balanced', [{ id: `${name}${partition}` }], partition),
            ),
          );
          const all = (): number => count(first, name) + count(second, name);
          await first.waitUntil(() => all() >= 4, name);
          return [count(first, name), count(second, name)];
        },
        { timeout: 20_000 },
      )
      .toEqual([2, 2]);
    await first.end('SIGKILL');
    await Promise.all(
      partitions.map((partition) => sendJson('balanced', [{ id: `last-${partition}` }], partition)),
    );
    await second.waitUntil(() => count(second, 'last-') >= 4, 'the take-over');
  });

  it('take the retries of a lost partition with them, and its checkpoint', async (test) => {
    await sendJson('stolen', [{ id: 'a', fail: 99 }], '0');
    await sendJson('stolen', [{ id: 'b', fail: 99 }], '1');
    const first = await start(test, ['stolen', 'retried']);
    await first.waitForRecords('batch', 2);
    const second = await start(test, ['stolen', 'retried']);
    const [taken] = await second.waitForRecords<Batch>('batch', 1);
    const before = first.records<Batch>('batch').length;
    await first.waitUntil(() => first.records('batch').length >= before + 3, 'further retries');
    const partitionsNow = new Set(
      first
        .records<Batch>('batch')
        .slice(-2)
        .map(({ partition }) => partition),
    );
    expect([...partitionsNow]).toEqual([taken?.partition === '0' ? '1' : '0']);
    expect(await checkpoint('stolen', '0')).toBeUndefined();
    expect(await checkpoint('stolen', '1')).toBeUndefined();
  });

  it('gather events up to the smallest batch, or the longest wait', async (test) => {
    const overrides = {
      AzureFunctionsJobHost__extensions__eventHubs__minEventBatchSize: '3',
      AzureFunctionsJobHost__extensions__eventHubs__maxWaitTime: '00:00:06',
    };
    await sendJson('gathered', [{ id: 'a' }]);
    const host = await start(test, ['gathered', 'plain'], overrides);
    await host.waitForRecords('batch', 1);
    await sendJson('gathered', [{ id: 'b' }]);
    await sendJson('gathered', [{ id: 'c' }, { id: 'd' }]);
    await host.waitForRecords('batch', 2);
    await sendJson('gathered', [{ id: 'e' }]);
    const sentAt = Date.now();
    const batches = await host.waitForRecords<Batch>('batch', 3);
    expect(batches.map(({ ids }) => ids)).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
    expect((batches[2]?.at ?? 0) - sentAt).toBeGreaterThan(4500);
    await test.expect.poll(() => checkpoint('gathered'), patience).toBe(4);
  });
});
