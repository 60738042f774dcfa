import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  doneIds,
  ServiceBusFixture,
  shortLockQueue,
  startsOf,
  toMessage,
} from '../../../support/host-apps/service-bus-fixture.ts';

interface Described {
  readonly body: unknown;
  readonly isBuffer: boolean;
  readonly triggerMetadata: Record<string, unknown>;
  readonly traceContext: { readonly traceParent: string };
}

/** Hosts are slow on a busy machine. */
const patience = { timeout: 15_000 };

let fixture: ServiceBusFixture;

beforeAll(async () => {
  const plain = ['one', 'many', 'poison', 'batch', 'mixed', 'gathered'];
  const withSessions = ['ordered', 'whole'];
  fixture = await ServiceBusFixture.open({
    Queues: [
      ...plain.map((name) => shortLockQueue(name)),
      ...withSessions.map((name) => shortLockQueue(name, true)),
    ],
    Topics: [{ Name: 'news', Properties: {}, Subscriptions: [{ Name: 'all', Properties: {} }] }],
  });
});

afterAll(() => fixture.close());

describe.concurrent('what a Service Bus function gets', () => {
  it('is one message with the metadata of the real extension', async (test) => {
    const traceParent = `00-${'e'.repeat(32)}-${'f'.repeat(16)}-00`;
    await fixture.send('one', [
      {
        body: Buffer.from('{"a":1}'),
        messageId: 'm-1',
        correlationId: 'c-1',
        contentType: 'application/json',
        subject: 'greeting',
        partitionKey: 'key',
        replyTo: 'there',
        applicationProperties: { Upper: 'x', 'Diagnostic-Id': traceParent, at: new Date(0) },
      },
    ]);
    const host = await fixture.start(test, ['one', 'describeOne']);
    const [message] = await host.waitForRecords<Described>('message', 1);
    expect(message?.body).toEqual({ a: 1 });
    expect(message?.traceContext.traceParent).toBe(traceParent);
    const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?$/;
    const offset = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00$/;
    expect(message?.triggerMetadata).toMatchObject({
      deliveryCount: 1,
      lockToken: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      expiresAtUtc: expect.stringMatching(dateTime) as string,
      expiresAt: expect.stringMatching(offset) as string,
      enqueuedTimeUtc: expect.stringMatching(dateTime) as string,
      enqueuedTime: expect.stringMatching(offset) as string,
      messageId: 'm-1',
      contentType: 'application/json',
      replyTo: 'there',
      subject: 'greeting',
      label: 'greeting',
      correlationId: 'c-1',
      partitionKey: 'key',
      transactionPartitionKey: 'key',
      applicationProperties: {
        upper: 'x',
        'diagnostic-Id': traceParent,
        at: '1970-01-01T00:00:00.000Z',
      },
      userProperties: { upper: 'x' },
    });
    expect(message?.triggerMetadata).not.toHaveProperty('sessionId');
    await test.expect.poll(() => fixture.depth('one'), patience).toBe(0);
  });

  it('is an array of exact bytes, and of each property, with cardinality many', async (test) => {
    await fixture.send('many', [
      { body: Buffer.from([0, 255]), messageId: 'm-1', contentType: 'application/octet-stream' },
      { body: Buffer.from('{"a": 1.0}'), messageId: '17', applicationProperties: { Key: 'v' } },
    ]);
    const host = await fixture.start(test, ['many', 'describeMany']);
    const [batch] = await host.waitForRecords<{
      bodies: string[];
      triggerMetadata: Record<string, unknown[]>;
    }>('messages', 1);
    expect(batch?.bodies).toEqual(['AP8=', Buffer.from('{"a": 1.0}').toString('base64')]);
    expect(batch?.triggerMetadata).toMatchObject({
      // The library parses every text that is JSON, ids included.
      messageIdArray: ['m-1', 17],
      contentTypeArray: ['application/octet-stream', ''],
      deliveryCountArray: [1, 1],
      applicationPropertiesArray: [{}, { key: 'v' }],
      sessionIdArray: ['', ''],
    });
    expect(batch?.triggerMetadata['sequenceNumberArray']).toHaveLength(2);
  });

  it('comes from subscriptions and dead-letter queues as well', async (test) => {
    await fixture.send('news', [{ body: Buffer.from('"hello"'), messageId: 'n-1' }]);
    const host = await fixture.start(test, ['one', 'topic']);
    const [message] = await host.waitForRecords<Described>('message', 1);
    expect(message?.body).toBe('hello');
    await host.end();

    await fixture.send('news', [{ body: Buffer.from('"dead"'), messageId: 'n-2' }]);
    const receiver = fixture.client.createReceiver('news', 'all');
    const [dying] = await receiver.receiveMessages(1);
    if (dying === undefined) throw new Error('no message to dead-letter');
    await receiver.deadLetterMessage(dying, {
      deadLetterReason: 'Because',
      deadLetterErrorDescription: 'of a test',
    });
    await receiver.close();
    const second = await fixture.start(test, ['one', 'deadTopic']);
    const [dead] = await second.waitForRecords<Described>('message', 1);
    expect(dead?.body).toBe('dead');
    expect(dead?.triggerMetadata['applicationProperties']).toMatchObject({
      deadLetterReason: 'Because',
      deadLetterErrorDescription: 'of a test',
    });
  });
});

describe.concurrent('a Service Bus function that throws', () => {
  it('gets the message again at once, until it is dead-lettered', async (test) => {
    await fixture.send('poison', [toMessage({ id: 'bad', fail: 99 })]);
    const host = await fixture.start(test, ['poison', 'ones,dead']);
    const [dead] = await host.waitForRecords<Described>('message', 1);
    const starts = startsOf(host);
    expect(starts.map(({ deliveryCounts }) => deliveryCounts)).toEqual([[1], [2], [3]]);
    expect((starts[2]?.at ?? 0) - (starts[0]?.at ?? 0)).toBeLessThan(2000);
    expect(dead?.triggerMetadata['applicationProperties']).toMatchObject({
      deadLetterReason: 'MaxDeliveryCountExceeded',
    });
  });

  it('abandons the whole batch with one throw', async (test) => {
    const messages = [{ id: 'a' }, { id: 'b', fail: 1 }, { id: 'c' }];
    await fixture.send(
      'batch',
      messages.map((message) => toMessage(message)),
    );
    const host = await fixture.start(test, ['batch', 'batches']);
    await host.waitUntil(() => doneIds(host).length >= 3, 'three settled messages');
    const [first, ...later] = startsOf(host);
    expect(first).toMatchObject({ ids: ['a', 'b', 'c'], deliveryCounts: [1, 1, 1] });
    expect(later.flatMap(({ deliveryCounts }) => deliveryCounts)).toEqual([2, 2, 2]);
    await test.expect.poll(() => fixture.depth('batch'), patience).toBe(0);
  });

  it('settles messages that end in the same tick each with its own outcome', async (test) => {
    const good = toMessage({ id: 'good', meet: 2 });
    await fixture.send('mixed', [good, toMessage({ id: 'bad', meet: 2, fail: 99 })]);
    const host = await fixture.start(test, ['mixed', 'ones']);
    await test.expect.poll(() => fixture.depth('mixed', 'deadLetter'), { timeout: 10_000 }).toBe(1);
    await test.expect.poll(() => fixture.depth('mixed'), patience).toBe(0);
    expect(doneIds(host)).toEqual(['good']);
    expect(startsOf(host)).toHaveLength(1 + 3);
  });
});

describe.concurrent('sessions', () => {
  it('are served side by side, the messages of each in order', async (test) => {
    const steps = [1, 2, 3, 4];
    const messages = steps.flatMap((step) =>
      ['red', 'green', 'blue'].map((session) =>
        toMessage({ id: `${session}-${step}`, takes: 100, fail: step === 2 ? 1 : 0 }, session),
      ),
    );
    await fixture.send('ordered', messages);
    const host = await fixture.start(test, ['ordered', 'sessions']);
    await host.waitUntil(() => doneIds(host).length >= 12, 'twelve messages');
    for (const session of ['red', 'green', 'blue']) {
      const order = startsOf(host)
        .flatMap(({ ids }) => ids)
        .filter((id) => id.startsWith(session))
        .map((id) => Number(id.split('-')[1]));
      expect(order).toEqual([1, 2, 2, 3, 4]);
    }
    const firstDone = doneIds(host).slice(0, 3).sort();
    expect(firstDone).toEqual(['blue-1', 'green-1', 'red-1']);
    await test.expect.poll(() => fixture.depth('ordered'), patience).toBe(0);
  });

  it('come one at a time, whole, with cardinality many', async (test) => {
    const messages = [1, 2].flatMap((step) =>
      ['x', 'y', 'z'].map((session) => toMessage({ id: `${session}-${step}` }, session)),
    );
    await fixture.send('whole', messages);
    const host = await fixture.start(test, ['whole', 'sessionBatches']);
    await host.waitUntil(() => doneIds(host).length >= 6, 'six messages');
    const batches = startsOf(host).map(({ ids }) => [...ids].sort().join());
    expect(batches.sort()).toEqual(['x-1,x-2', 'y-1,y-2', 'z-1,z-2']);
  });
});

describe.concurrent('a smallest batch', () => {
  it('is waited for, but not longer than the longest wait', async (test) => {
    const overrides = {
      AzureFunctionsJobHost__extensions__serviceBus__minMessageBatchSize: '3',
      AzureFunctionsJobHost__extensions__serviceBus__maxBatchWaitTime: '00:00:02',
    };
    const host = await fixture.start(test, ['gathered', 'batches'], overrides);
    await fixture.send('gathered', [toMessage({ id: 'a' })]);
    await fixture.send('gathered', [toMessage({ id: 'b' }), toMessage({ id: 'c' })]);
    await host.waitUntil(() => doneIds(host).length >= 3, 'the full batch');
    await fixture.send('gathered', [toMessage({ id: 'd' })]);
    const sentAt = Date.now();
    await host.waitUntil(() => doneIds(host).length >= 4, 'the late message');
    expect(startsOf(host).map(({ ids }) => ids)).toEqual([['a', 'b', 'c'], ['d']]);
    expect(Date.now() - sentAt).toBeGreaterThan(1500);
  });
});
