import { EventHubBufferedProducerClient } from '@azure/event-hubs';
import { describe, expect, it } from 'vitest';
import { codeOf, readEvents, startHub } from './hub-fixture.ts';

const start = { offset: '-1' };

describe('Publishing to a hub with the real client', () => {
  it('deals batches without a key to one partition after another', async () => {
    const hub = await startHub();
    const producer = hub.producer();
    for (let index = 0; index < 8; index++) await producer.sendBatch([{ body: index }]);
    const lasts = await Promise.all(
      ['0', '1', '2', '3'].map((id) => producer.getPartitionProperties(id)),
    );
    expect(lasts.map((partition) => partition.lastEnqueuedSequenceNumber)).toEqual([1, 1, 1, 1]);
  });

  it('keeps a batch together and numbers its events from 0 without a gap', async () => {
    const hub = await startHub();
    await hub.producer().sendBatch([{ body: 'a' }, { body: 'b' }, { body: 'c' }]);
    const request = { partitionId: '0', position: start, count: 3 };
    const events = await readEvents(hub.consumer(), request);
    expect(events.map((event) => [String(event.body), event.sequenceNumber])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ]);
  });

  it('puts a key where the client library itself would put it', async () => {
    const hub = await startHub();
    const keys = Array.from({ length: 60 }, (_, index) => `order-${index * 7919}-é`);
    const placedByClient = new Map<string, string>();
    const buffered = new EventHubBufferedProducerClient(hub.connection, 'events', {
      maxWaitTimeInMs: 50,
      onSendEventsSuccessHandler: ({ events, partitionId }) => {
        for (const event of events) placedByClient.set(String(event.body), partitionId);
      },
      onSendEventsErrorHandler: ({ error }) => {
        placedByClient.set(error.message, 'failed');
      },
    });
    for (const key of keys) await buffered.enqueueEvent({ body: key }, { partitionKey: key });
    await buffered.close({ flush: true });
    const producer = hub.producer();
    for (const key of keys) await producer.sendBatch([{ body: key }], { partitionKey: key });

    const placedByBroker = new Map<string, string>();
    for (const partitionId of ['0', '1', '2', '3']) {
      const last = await producer.getPartitionProperties(partitionId);
      const count = last.lastEnqueuedSequenceNumber + 1;
      const events = await readEvents(hub.consumer(), { partitionId, position: start, count });
      for (const event of events) {
        const key = event.partitionKey;
        if (typeof key === 'string') placedByBroker.set(key, partitionId);
      }
    }
    expect(placedByClient.size).toBe(keys.length);
    expect(placedByBroker).toEqual(placedByClient);
  });

  it('sends to the partition that the producer names', async () => {
    const hub = await startHub();
    await hub.producer().sendBatch([{ body: 'there' }], { partitionId: '3' });
    const request = { partitionId: '3', position: start, count: 1 };
    const [event] = await readEvents(hub.consumer(), request);
    expect(event?.body).toBe('there');
  });

  it('tells the size of a batch and takes one that fills it', async () => {
    const hub = await startHub();
    const producer = hub.producer();
    const batch = await producer.createBatch({ partitionId: '0' });
    let count = 0;
    while (batch.tryAdd({ body: Buffer.alloc(10_000, count) })) count += 1;
    await producer.sendBatch(batch);
    expect(batch.maxSizeInBytes).toBe(1024 * 1024);
    expect(count).toBeGreaterThan(100);
    const properties = await producer.getPartitionProperties('0');
    expect(properties.lastEnqueuedSequenceNumber).toBe(count - 1);
  });

  it('carries a message of 900 KB whole', async () => {
    const hub = await startHub();
    const body = Buffer.from(Array.from({ length: 900_000 }, (_, index) => index % 251));
    await hub.producer().sendBatch([{ body }], { partitionId: '0' });
    const request = { partitionId: '0', position: start, count: 1 };
    const [event] = await readEvents(hub.consumer(), request);
    expect(Buffer.compare(event?.body as Buffer, body)).toBe(0);
  });

  it('refuses a message over the limit and goes on taking others', async () => {
    const hub = await startHub({ maxMessageBytes: 100_000 });
    const producer = hub.producer();
    const tooLarge = producer.sendBatch([{ body: Buffer.alloc(150_000) }], { partitionId: '0' });
    expect(await codeOf(tooLarge)).toBe('MessageTooLargeError');
    await producer.sendBatch([{ body: 'small' }], { partitionId: '0' });
    const properties = await producer.getPartitionProperties('0');
    expect(properties.lastEnqueuedSequenceNumber).toBe(0);
  });

  it('refuses a hub and a partition that do not exist', async () => {
    const hub = await startHub();
    const unknownHub = hub.producer('nowhere').sendBatch([{ body: 1 }]);
    expect(await codeOf(unknownHub)).toBe('MessagingEntityNotFoundError');
    const unknownPartition = hub.producer().sendBatch([{ body: 1 }], { partitionId: '4' });
    expect(await codeOf(unknownPartition)).toBe('ArgumentOutOfRangeError');
  });

  it('carries body, properties and message properties as they were sent', async () => {
    const hub = await startHub();
    const sent = {
      body: Buffer.from('{"big":9007199254740993,"text":"ü"}'),
      contentType: 'application/cloudevents+json',
      messageId: 'message-1',
      correlationId: 'correlation-1',
      properties: {
        'cloudEvents:id': 'a/b',
        number: 12.5,
        whole: -3,
        yes: true,
        "'; DROP TABLE": '../$metadata',
        constructor: 'text',
        'a\u0000b': 'nul',
      },
    };
    await hub.producer().sendBatch([sent], { partitionId: '0' });
    const [event] = await readEvents(hub.consumer(), {
      partitionId: '0',
      position: start,
      count: 1,
      options: { skipParsingBodyAsJson: true },
    });
    expect(event?.body).toEqual(sent.body);
    expect(event?.properties).toEqual(sent.properties);
    expect(event?.contentType).toBe(sent.contentType);
    expect([event?.messageId, event?.correlationId]).toEqual(['message-1', 'correlation-1']);
  });

  it('survives a property that is named like the prototype', async () => {
    const hub = await startHub();
    const properties = Object.defineProperty({ before: 1, after: 2 }, '__proto__', {
      value: 'polluted',
      enumerable: true,
    });
    await hub.producer().sendBatch([{ body: 'x', properties }], { partitionId: '0' });
    const request = { partitionId: '0', position: start, count: 1 };
    const [event] = await readEvents(hub.consumer(), request);
    expect(event?.properties).toMatchObject({ before: 1, after: 2 });
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it('does not let a producer forge the position of an event', async () => {
    const hub = await startHub();
    await hub.producer().sendBatch(
      [
        {
          bodyType: 'data',
          body: 'x',
          messageAnnotations: {
            'x-opt-sequence-number': 77,
            'x-opt-offset': '99',
            'x-own': 'kept',
          },
        },
      ],
      { partitionId: '0' },
    );
    const request = { partitionId: '0', position: start, count: 1 };
    const [event] = await readEvents(hub.consumer(), request);
    expect([event?.sequenceNumber, event?.offset]).toEqual([0, '0']);
    expect(event?.systemProperties?.['x-own']).toBe('kept');
  });

  it('carries thousands of events in order', async () => {
    const hub = await startHub();
    const producer = hub.producer();
    for (let batch = 0; batch < 10; batch++) {
      const events = Array.from({ length: 500 }, (_, index) => ({ body: batch * 500 + index }));
      await producer.sendBatch(events, { partitionId: '0' });
    }
    const events = await readEvents(hub.consumer(), {
      partitionId: '0',
      position: start,
      count: 5000,
      options: { maxBatchSize: 500 },
    });
    expect(events.map((event) => Number(event.body))).toEqual([...Array(5000).keys()]);
    expect(hub.problems).toEqual([]);
  });
});
