import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busEntities, relayOrigin } from '../../functions/entities.ts';
import { encodeCommand } from '../../sagas/message-codec.ts';
import { epochMs } from '../../shared/kernel/time.ts';
import type { RunningChild } from '../support/child-process.ts';
import { doCommand } from '../support/commands.ts';
import { deadMessage } from '../support/dead-letters/dead-messages.ts';
import { readLetters } from '../support/dead-letters/read-letters.ts';
import { openStoredLetters, type StoredLetters } from '../support/dead-letters/stored-letters.ts';
import {
  deadlyMessage,
  ends,
  failInQueue,
  failInSubscription,
  foreignQueue,
  rejectInQueue,
  sendToHub,
  shortLives,
  undeliverable,
  uploadUndeliverable,
  withShortLives,
} from '../support/dead-letters/ways-to-die.ts';
import { salesOrder } from '../support/events.ts';
import { openPublisher } from '../support/publish.ts';
import { startRuntime, type Runtime } from '../support/runtime.ts';

const { lockSeconds, maxDeliveryCount } = shortLives;
const sagaOrigin = 'upstream-events/Subscriptions/order-sagas';
const paymentOrigin = 'saga-events/Subscriptions/payment';
const patience = { timeout: 60_000, interval: 1_000 };

/** What dies of each cause, by the place where it does. */
const dead = {
  abandoned: salesOrder(),
  abandonedInQueue: salesOrder(),
  lockLost: salesOrder(),
  lockLostInQueue: salesOrder(),
  expired: salesOrder(),
  expiredInQueue: salesOrder(),
  batch: [salesOrder(), salesOrder()],
  landedBefore: salesOrder(),
  unhandled: {
    ...doCommand('charge-payment', { participant: 'payment', sagaId: 'UNHANDLED-1' }),
    notAfter: epochMs(Date.now() + 3_600_000),
  },
  badCommand: { ...salesOrder(), id: 'no uuid' },
  badEvent: salesOrder({ data: { order_id: 7 } }),
};
/** Payloads that no event has. */
const notUtf8 = Uint8Array.of(0x7b, 0xff, 0x0a, 0x7d);
const deep = `{"data":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
const large = { large: 'x'.repeat(180 * 1024) };
const undelivered = JSON.stringify([
  undeliverable('MaxDeliveryAttemptsExceeded'),
  undeliverable('TimeToLiveExceeded'),
]);

let folder: string;
let runtime: Runtime;
let stored: StoredLetters;
let bus: ServiceBusClient;
let host: RunningChild;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-dead-'));
  const serviceBusConfig = join(folder, 'service-bus.json');
  await writeFile(serviceBusConfig, await withShortLives('local/config/service-bus.json'));
  const simulation = [{ command: 'charge-payment', order: 'UNHANDLED-*', behaviour: 'error' }];
  runtime = await startRuntime({
    serviceBusConfig,
    settings: {
      LocalHost__LoadBalancingIntervalMs: '200',
      service_bus_lock_seconds: `${lockSeconds}`,
      inbox_lease_seconds: '1',
      participant_simulation: JSON.stringify(simulation),
      dead_letter_entities: [...busEntities, foreignQueue].join(','),
    },
  });
  stored = await openStoredLetters(runtime);
  bus = new ServiceBusClient(runtime.serviceBus);
  await killBeforeStart();
  host = await runtime.startHost();
  await killWhileRunning();
}, 240_000);

afterAll(async () => {
  await bus.close();
  await runtime.stop();
  await stored.close();
  await rm(folder, { recursive: true, force: true });
});

/** Nobody reads yet, so that every delivery is one of ours. */
async function killBeforeStart(): Promise<void> {
  const timeToLive = 200;
  const topic = bus.createSender('upstream-events');
  await topic.sendMessages(deadlyMessage(dead.expired, { timeToLive }));
  const contentType = 'application/cloudevents-batch+json';
  await topic.sendMessages(deadlyMessage(dead.batch, { timeToLive, contentType }));
  const foreign = bus.createSender(foreignQueue);
  await foreign.sendMessages(deadlyMessage(dead.expiredInQueue, { timeToLive }));
  await sleep(400);
  const hostile = [notUtf8, new Uint8Array(), large, Buffer.from(deep)];
  for (const body of hostile) {
    const reason = 'Some "reason"; nobody knows it';
    await rejectInQueue(bus, 'orders', { sent: [deadlyMessage(body)], reason });
  }
  await rejectInQueue(bus, foreignQueue, {
    sent: [{ body: Buffer.from('<order/>') }],
    reason: undefined,
  });
}

async function killWhileRunning(): Promise<void> {
  await Promise.all([
    failInSubscription(bus, dead.abandoned, ends.abandon),
    failInSubscription(bus, dead.lockLost, ends.loseLock),
  ]);
  await failInQueue(bus, dead.abandonedInQueue, ends.abandon);
  await failInQueue(bus, dead.lockLostInQueue, ends.loseLock);
  const publisher = openPublisher(runtime);
  for (const event of [dead.landedBefore, dead.badEvent]) await publisher.toHub(event, 'key');
  await publisher.toOrders(dead.badCommand, 'S-1');
  await publisher.close();
  const unhandled = deadlyMessage(encodeCommand(dead.unhandled).body, { sessionId: 'S-1' });
  await bus.createSender('payment-commands').sendMessages(unhandled);
  const noReply = deadlyMessage('no reply', { sessionId: 'nobody' });
  await bus.createSender('saga-replies').sendMessages(noReply);
  await sendToHub(runtime, [
    ...[Buffer.from('no letter at all'), notUtf8, new Uint8Array()],
    Buffer.alloc(300 * 1024, 'x'),
    deadMessage({
      origin: 'nowhere/../$metadata',
      body: Buffer.from(JSON.stringify(salesOrder())),
    }),
  ]);
  await uploadUndeliverable(runtime, 'TOPIC/SUB/2026/11/21/8/a.json', undelivered);
  await uploadUndeliverable(runtime, 'TOPIC/SUB/2026/11/21/8/b.json', '[{"unfinished":');
}

const theRow = (condition: string) => stored.theRow(condition, patience);
const diedAt = ({ id }: { readonly id: string }, origin: string): string =>
  `original_event_id = '${id}' and origin = '${origin}'`;

describe('each way to die ends as exactly one row', { timeout: 90_000 }, () => {
  it.each([
    ['a subscription', paymentOrigin, dead.abandoned],
    ['a queue of another system', foreignQueue, dead.abandonedInQueue],
  ])('max delivery exceeded, in %s', async (_, origin, event) => {
    const row = await theRow(diedAt(event, origin));
    expect(row).toMatchObject({
      error_category: 'processing',
      error_code: 'broker.deliveries_exceeded',
      stage: 'deliver',
      delivery_count: maxDeliveryCount,
      retry_count: maxDeliveryCount - 1,
      resolved: false,
    });
    expect(JSON.parse(row?.raw_payload ?? '')).toEqual(event);
  });

  it.each([
    ['a subscription with sessions', paymentOrigin, dead.lockLost],
    ['a queue without sessions', foreignQueue, dead.lockLostInQueue],
  ])('a lock that expires until the deliveries are used up, in %s', async (_, origin, event) => {
    const row = await theRow(diedAt(event, origin));
    expect(row).toMatchObject({ error_category: 'timeout', error_code: 'broker.lock_expired' });
  });

  it.each([
    ['the subscription of the relay', relayOrigin, dead.expired],
    ['another subscription of the topic', sagaOrigin, dead.expired],
    ['a queue', foreignQueue, dead.expiredInQueue],
  ])('time to live, in %s', async (_, origin, event) => {
    const row = await theRow(diedAt(event, origin));
    expect(row).toMatchObject({ error_category: 'timeout', error_code: 'broker.ttl_expired' });
  });

  it('every event of a JSON batch that expired, by itself', async () => {
    for (const event of dead.batch) await theRow(diedAt(event, relayOrigin));
  });

  it('an event of the hub that breaks its schema', async () => {
    const row = await theRow(diedAt(dead.badEvent, 'events'));
    expect(row).toMatchObject({ error_category: 'schema', stage: 'validate', retry_count: 0 });
    expect(row?.error_code).toMatch(/^schema\.data\./);
  });

  it('an event whose schema a domain consumer refuses', async () => {
    const row = await theRow(`origin = 'orders' and stage = 'handle'`);
    expect(row).toMatchObject({
      error_category: 'schema',
      error_code: 'envelope.id.not_uuid',
      original_event_id: 'no uuid',
    });
  });

  it('an exception that nobody handles', async () => {
    const row = await theRow(`origin = 'payment-commands'`);
    expect(row).toMatchObject({
      error_category: 'processing',
      error_code: 'broker.deliveries_exceeded',
      original_event_id: 'UNHANDLED-1/charge-payment',
    });
  });

  it('a message that a domain consumer rejects', async () => {
    const row = await theRow(`origin = 'saga-replies'`);
    expect(row).toMatchObject({ stage: 'handle', error_code: 'saga.reply_refused' });
  });

  it('events and a blob that Event Grid could not deliver', async () => {
    const found = () => stored.rows(`origin = 'eventgrid/TOPIC/SUB'`);
    await expect.poll(found, patience).toHaveLength(3);
    const causes = (await found()).map((row) => `${row.error_category} ${row.error_code}`);
    expect(causes.toSorted()).toEqual([
      'processing eventgrid.MaxDeliveryAttemptsExceeded',
      'schema eventgrid.unreadable',
      'timeout eventgrid.TimeToLiveExceeded',
    ]);
  });
});

describe('bad input becomes rows and stops nothing', { timeout: 90_000 }, () => {
  it('bytes of every kind that a consumer gave up', async () => {
    const condition = `origin = 'orders' and stage = 'deliver'`;
    await expect.poll(() => stored.rows(condition), patience).toHaveLength(4);
    const found = await stored.rows(condition);
    expect(new Set(found.map((row) => row.error_code))).toEqual(new Set(['reason.other']));
    expect(found[0]?.error_detail).toContain('Some "reason"; nobody knows it: said the consumer');
    const byEncoding = Map.groupBy(found, (row) => row.payload_encoding);
    expect(byEncoding.get('base64')).toMatchObject([
      { raw_payload: Buffer.from(notUtf8).toString('base64') },
    ]);
    const [blob] = byEncoding.get('blob') ?? [];
    expect(Number(blob?.payload_size)).toBe(JSON.stringify(large).length);
    expect(byEncoding.get('utf8')?.map((row) => row.raw_payload)).toEqual(
      expect.arrayContaining(['', deep]),
    );
  });

  it('a message of another system that says nothing of itself', async () => {
    const row = await theRow(`origin = '${foreignQueue}' and raw_payload = '<order/>'`);
    const unknown = { error_category: 'processing', error_code: 'broker.reason_missing' };
    expect(row).toMatchObject({ ...unknown, original_event_id: null });
  });

  it('what is no dead letter although it is in their hub', async () => {
    const found = () => stored.rows(`error_code = 'deadletter.unreadable'`);
    await expect.poll(found, patience).toHaveLength(4);
    const kept = (await found()).map((row) => `${row.payload_encoding} ${row.payload_size}`);
    expect(kept.toSorted()).toEqual(['base64 4', 'blob 307200', 'utf8 0', 'utf8 16']);
  });

  it('a dead letter of an entity that nobody knows', async () => {
    const row = await theRow(`origin = 'nowhere/../$metadata'`);
    expect(row).toMatchObject({ error_code: 'broker.ttl_expired', stage: 'deliver' });
  });
});

describe('counterexample 11: landed, and dead at the broker', { timeout: 120_000 }, () => {
  it('gets no record when its event has landed', async () => {
    const { id } = dead.landedBefore;
    const landed = `select 1 from brz_event_erp_salesorder_created where event_id = '${id}'`;
    await expect.poll(() => stored.query(landed), patience).toHaveLength(1);
    await host.stop();
    const topic = bus.createSender('upstream-events');
    await topic.sendMessages(deadlyMessage(dead.landedBefore, { timeToLive: 200 }));
    await sleep(500);
    host = await runtime.startHost();
    // The other subscription of the topic shows that the copy has died everywhere.
    await theRow(diedAt(dead.landedBefore, sagaOrigin));
    const receiver = bus.createReceiver('upstream-events', 'bronze-relay', {
      subQueueType: 'deadLetter',
    });
    await expect.poll(() => receiver.peekMessages(1), patience).toHaveLength(0);
    await receiver.close();
    expect(await stored.rows(diedAt(dead.landedBefore, relayOrigin))).toEqual([]);
  });
});

describe('the stored data', { timeout: 90_000 }, () => {
  it('agree: every event once, dead or landed, and what died elsewhere is no event received', async () => {
    await expect.poll(async () => (await stored.reconcile()).isReconciled, patience).toBe(true);
    const { byOrigin } = await stored.reconcile();
    expect(Object.keys(byOrigin).toSorted()).toEqual(['events', relayOrigin]);
    // One event and those of the batch have expired; the copy of what had landed is no event more.
    expect(byOrigin[relayOrigin]).toMatchObject({ received: 3, landed: 0, deadLettered: 3 });
  });

  it('hold each letter once, in Delta as in the operational table, whatever is ingested twice', async () => {
    const [before, planned] = [await stored.analysed(), await stored.countPlanned()];
    const letters = await readLetters(runtime.eventHubs);
    expect(letters.length).toBeGreaterThan(20);
    await sendToHub(
      runtime,
      letters.map(({ head, ...letter }) => ({ ...head, ...letter })),
    );
    await uploadUndeliverable(runtime, 'TOPIC/SUB/2026/11/21/8/a.json', undelivered);
    // Two letters are in the blob.
    await expect.poll(() => stored.countPlanned(), patience).toBe(planned + letters.length + 2);
    await expect.poll(async () => (await stored.reconcile()).inFlight, patience).toEqual([]);
    const after = await stored.analysed();
    expect([after, new Set(after).size]).toEqual([before, before.length]);
    const operational = await stored.operational();
    expect(operational.map(({ id }) => id).toSorted()).toEqual(after);
  });

  it('begin with the 15 columns of the specification, in order and type, as DuckDB reads them', async () => {
    const described = await stored.query<{ column_name: string; column_type: string }>(
      'describe select * from brz_event_dead_letter',
    );
    const texts = (...names: string[]) => names.map((name) => `${name} VARCHAR`);
    const columns = described.map((column) => `${column.column_name} ${column.column_type}`);
    expect(columns.slice(0, 15)).toEqual([
      ...texts('dead_letter_id', 'original_event_id', 'event_source', 'event_type'),
      ...['event_time TIMESTAMP WITH TIME ZONE', ...texts('partition_id', 'offset')],
      ...texts('error_category', 'error_detail', 'raw_payload'),
      ...['dead_letter_timestamp TIMESTAMP WITH TIME ZONE', 'retry_count INTEGER'],
      ...['resolved BOOLEAN', 'resolved_timestamp TIMESTAMP WITH TIME ZONE'],
      ...texts('resolved_by'),
    ]);
  });
});
