import type { EventHubConsumerClient, Subscription } from '@azure/event-hubs';
import { describe, expect, it } from 'vitest';
import { startHub } from './hub-fixture.ts';

const partitionId = '0';

interface Reader {
  /** Resolves when the first event has come. */
  readonly reading: Promise<unknown>;
  /** Resolves with the code of the error that ends the reader. */
  readonly error: Promise<string>;
}

/** Reads all the time; without a level it shares the partition (the client takes 0 for none). */
function openReader(consumer: EventHubConsumerClient, ownerLevel?: number): Reader {
  const reading = Promise.withResolvers<undefined>();
  const failed = Promise.withResolvers<string>();
  const subscription: Subscription = consumer.subscribe(
    partitionId,
    {
      processEvents: (events) => {
        if (events.length > 0) reading.resolve(undefined);
        return Promise.resolve();
      },
      processError: (error) => {
        failed.resolve('code' in error ? error.code : error.message);
        return subscription.close();
      },
    },
    {
      startPosition: { offset: '-1' },
      maxWaitTimeInSeconds: 0.1,
      ...(ownerLevel === undefined ? {} : { ownerLevel }),
    },
  );
  return { reading: reading.promise, error: failed.promise };
}

describe('Owner levels of a partition', () => {
  it('gives the partition to an equal or a higher level and disconnects the reader before', async () => {
    const hub = await startHub();
    await hub.producer().sendBatch([{ body: 1 }], { partitionId });
    const first = openReader(hub.consumer(), 1);
    await first.reading;
    const equal = openReader(hub.consumer(), 1);
    expect(await first.error).toBe('ReceiverDisconnectedError');
    await equal.reading;
    const higher = openReader(hub.consumer(), 5);
    expect(await equal.error).toBe('ReceiverDisconnectedError');
    await higher.reading;
  });

  it('refuses a lower level and a reader without one while a level is in use', async () => {
    const hub = await startHub();
    await hub.producer().sendBatch([{ body: 1 }], { partitionId });
    const owner = openReader(hub.consumer(), 3);
    await owner.reading;
    expect(await openReader(hub.consumer(), 2).error).toBe('ReceiverDisconnectedError');
    expect(await openReader(hub.consumer()).error).toBe('ReceiverDisconnectedError');
  });

  it('drives out the readers without a level when one with a level comes', async () => {
    const hub = await startHub();
    await hub.producer().sendBatch([{ body: 1 }], { partitionId });
    const shared = openReader(hub.consumer());
    await shared.reading;
    await openReader(hub.consumer(), 1).reading;
    expect(await shared.error).toBe('ReceiverDisconnectedError');
  });

  it('lets five readers share a partition in a group, and a sixth in another group', async () => {
    const hub = await startHub();
    await hub.producer().sendBatch([{ body: 1 }], { partitionId });
    const readers = Array.from({ length: 5 }, () => openReader(hub.consumer()));
    await Promise.all(readers.map((reader) => reader.reading));
    expect(await openReader(hub.consumer()).error).toBe('QuotaExceededError');
    await openReader(hub.consumer('cg-team-purpose')).reading;
  });

  it('frees the partition when its owner has gone', async () => {
    const hub = await startHub();
    await hub.producer().sendBatch([{ body: 1 }], { partitionId });
    const consumer = hub.consumer();
    await openReader(consumer, 7).reading;
    await consumer.close();
    await openReader(hub.consumer(), 1).reading;
  });
});
