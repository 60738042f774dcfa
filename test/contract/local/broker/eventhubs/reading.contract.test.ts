import { describe, expect, it } from 'vitest';
import { durationMs, epochMs } from '../../../../../shared/kernel/time.ts';
import { codeOf, readEvents, startHub, type HubFixture } from './hub-fixture.ts';

const partitionId = '1';

/** Five events at times one second apart. */
async function startHubWithEvents(): Promise<{ hub: HubFixture; offsets: readonly string[] }> {
  let now = 1_750_000_000_000;
  const hub = await startHub({ clock: { now: () => epochMs(now) } });
  const producer = hub.producer();
  for (const body of ['a', 'b', 'c', 'd', 'e']) {
    await producer.sendBatch([{ body }], { partitionId });
    now += 1000;
  }
  const request = { partitionId, position: { offset: '-1' }, count: 5 };
  const events = await readEvents(hub.consumer(), request);
  return { hub, offsets: events.map((event) => event.offset) };
}

describe('Reading a partition with the real client', () => {
  it('starts at every kind of position', async () => {
    const { hub, offsets } = await startHubWithEvents();
    const [, second = ''] = offsets;
    const expectations = [
      { position: { offset: '-1' }, bodies: ['a', 'b', 'c', 'd', 'e'] },
      { position: { offset: second }, bodies: ['c', 'd', 'e'] },
      { position: { offset: second, isInclusive: true }, bodies: ['b', 'c', 'd', 'e'] },
      { position: { sequenceNumber: 2 }, bodies: ['d', 'e'] },
      { position: { sequenceNumber: 2, isInclusive: true }, bodies: ['c', 'd', 'e'] },
      { position: { enqueuedOn: 1_750_000_002_000 }, bodies: ['d', 'e'] },
      { position: { offset: '@latest', isInclusive: true }, bodies: ['e'] },
    ];
    for (const { position, bodies } of expectations) {
      const request = { partitionId, position, count: bodies.length };
      const events = await readEvents(hub.consumer(), request);
      expect(
        events.map((event) => String(event.body)),
        JSON.stringify(position),
      ).toEqual(bodies);
    }
    expect(Number(second)).toBeGreaterThan(1);
  });

  it('gives only what comes after the attach to a reader of the latest', async () => {
    const { hub } = await startHubWithEvents();
    const request = { partitionId, position: { offset: '@latest' }, count: 1 };
    const reading = readEvents(hub.consumer(), request);
    const producer = hub.producer();
    const sending = setInterval(() => {
      producer.sendBatch([{ body: 'late' }], { partitionId }).catch(() => undefined);
    }, 50);
    const [event] = await reading.finally(() => {
      clearInterval(sending);
    });
    expect(event?.body).toBe('late');
  });

  it('refuses a position behind the end, as of a hub that was created anew', async () => {
    const { hub } = await startHubWithEvents();
    const request = { partitionId, position: { sequenceNumber: 500 }, count: 1 };
    expect(await codeOf(readEvents(hub.consumer(), request))).toBe('ArgumentError');
  });

  it('waits at the end of the log for a reader that has seen all of it', async () => {
    const { hub } = await startHubWithEvents();
    const request = { partitionId, position: { sequenceNumber: 4 }, count: 1 };
    const reading = readEvents(hub.consumer(), request);
    await hub.producer().sendBatch([{ body: 'next' }], { partitionId });
    expect((await reading).map((event) => event.sequenceNumber)).toEqual([5]);
  });

  it('refuses a consumer group that is not declared and ignores the case of one that is', async () => {
    const { hub } = await startHubWithEvents();
    const request = { partitionId, position: { offset: '-1' }, count: 1 };
    const unknown = readEvents(hub.consumer('cg-nobody'), request);
    expect(await codeOf(unknown)).toBe('MessagingEntityNotFoundError');
    const known = await readEvents(hub.consumer('CG-Team-Purpose', 'EVENTS'), request);
    expect(known.length).toBeGreaterThan(0);
  });

  it('keeps the groups of a partition apart', async () => {
    const { hub } = await startHubWithEvents();
    const request = { partitionId, position: { offset: '-1' }, count: 5 };
    const [first, second] = await Promise.all([
      readEvents(hub.consumer(), request),
      readEvents(hub.consumer('cg-team-purpose'), request),
    ]);
    const bodiesOf = (events: typeof first): string[] => events.map((event) => String(event.body));
    expect(bodiesOf(first)).toEqual(bodiesOf(second));
  });

  it('tells how far the partition has got with every event, if asked', async () => {
    const { hub, offsets } = await startHubWithEvents();
    const consumer = hub.consumer();
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const subscription = consumer.subscribe(
      partitionId,
      {
        processEvents: (_events, context) => {
          if (context.lastEnqueuedEventProperties?.offset !== undefined) {
            resolve(context.lastEnqueuedEventProperties);
          }
          return Promise.resolve();
        },
        processError: (error) => Promise.reject(error),
      },
      { startPosition: { offset: '-1' }, trackLastEnqueuedEventProperties: true, maxBatchSize: 1 },
    );
    expect(await promise).toMatchObject({
      sequenceNumber: 4,
      offset: offsets[4],
      enqueuedOn: new Date(1_750_000_004_000),
    });
    await subscription.close();
  });

  it('forgets the oldest events and starts readers of them at what is left', async () => {
    let now = 1_750_000_000_000;
    const hub = await startHub({
      clock: { now: () => epochMs(now) },
      retention: { maxEvents: 3, maxAge: durationMs(60_000) },
    });
    const producer = hub.producer();
    for (let body = 0; body < 5; body++) await producer.sendBatch([{ body }], { partitionId });
    const kept = await producer.getPartitionProperties(partitionId);
    expect([kept.beginningSequenceNumber, kept.lastEnqueuedSequenceNumber]).toEqual([2, 4]);
    const request = { partitionId, position: { sequenceNumber: 0 }, count: 3 };
    const events = await readEvents(hub.consumer(), request);
    expect(events.map((event) => event.sequenceNumber)).toEqual([2, 3, 4]);

    now += 60_001;
    const expired = await producer.getPartitionProperties(partitionId);
    expect([expired.beginningSequenceNumber, expired.isEmpty]).toEqual([5, true]);
    expect(expired.lastEnqueuedSequenceNumber).toBe(4);
  });

  it('describes the hub, whose creation is the start of the broker', async () => {
    const hub = await startHub({ clock: { now: () => epochMs(1_750_000_000_000) } });
    const producer = hub.producer();
    expect(await producer.getEventHubProperties()).toMatchObject({
      name: 'events',
      createdOn: new Date(1_750_000_000_000),
      partitionIds: ['0', '1', '2', '3'],
    });
    expect(await producer.getPartitionProperties('0')).toMatchObject({
      beginningSequenceNumber: 0,
      lastEnqueuedSequenceNumber: -1,
      lastEnqueuedOffset: '-1',
      isEmpty: true,
    });
    expect(await codeOf(producer.getPartitionProperties('9'))).toBe('ArgumentOutOfRangeError');
    const unknown = hub.producer('nowhere').getEventHubProperties();
    expect(await codeOf(unknown)).toBe('MessagingEntityNotFoundError');
  });
});
