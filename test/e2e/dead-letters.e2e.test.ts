import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventHubProducerClient } from '@azure/event-hubs';
import {
  ServiceBusClient,
  type ServiceBusMessage,
  type ServiceBusReceivedMessage,
  type ServiceBusSessionReceiver,
} from '@azure/service-bus';
import { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relayOrigin } from '../../functions/entities.ts';
import type { RunningChild } from '../support/child-process.ts';
import { salesOrder } from '../support/events.ts';
import { openPublisher } from '../support/publish.ts';
import { runNode } from '../support/run-node.ts';
import { startRuntime, type Runtime } from '../support/runtime.ts';

interface Row {
  readonly dead_letter_id: string;
  readonly original_event_id: string | null;
  readonly error_category: string;
  readonly error_code: string;
  readonly error_detail: string;
  readonly raw_payload: string;
  readonly payload_encoding: string;
  readonly retry_count: number;
  readonly resolved: boolean;
  readonly origin: string;
  readonly stage: string;
  readonly delivery_count: number | null;
}

const lockSeconds = 5;
const maxDeliveryCount = 2;
const sagaOrigin = 'upstream-events/Subscriptions/order-sagas';
const otherOrigin = 'saga-events/Subscriptions/payment';
const patience = { timeout: 60_000, interval: 1_000 };

/** What dies of each cause, by the place where it does. */
const dead = {
  abandoned: salesOrder(),
  lockLost: salesOrder(),
  expired: salesOrder(),
  batch: [salesOrder(), salesOrder()],
  landedBefore: salesOrder(),
  unhandled: command('UNHANDLED-1'),
  badCommand: { ...salesOrder(), id: 'no uuid' },
};
const notUtf8 = Uint8Array.of(0x7b, 0xff, 0x0a, 0x7d);
const deep = `{"data":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
const large = 'x'.repeat(180 * 1024);

let folder: string;
let runtime: Runtime;
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
    },
  });
  await writeFile(join(folder, 'runtime.json'), JSON.stringify({ pid: process.pid, ...runtime }));
  bus = new ServiceBusClient(runtime.serviceBus);
  await killBeforeStart();
  host = await runtime.startHost();
  await killWhileRunning();
}, 240_000);

afterAll(async () => {
  await bus.close();
  await runtime.stop();
  await rm(folder, { recursive: true, force: true });
});

async function withShortLives(file: string): Promise<string> {
  const text = await readFile(file, 'utf8');
  return text
    .replaceAll(/"LockDuration":\s*"PT1M"/g, `"LockDuration": "PT${lockSeconds}S"`)
    .replaceAll(/"MaxDeliveryCount":\s*10/g, `"MaxDeliveryCount": ${maxDeliveryCount}`);
}

function command(sagaId: string) {
  return {
    specversion: '1.0',
    type: 'com.bronzeflow.payment.charge-payment.requested',
    source: '/sagas',
    id: `${sagaId}/charge-payment`,
    subject: sagaId,
    correlationid: sagaId,
    datacontenttype: 'application/json',
    attempt: 1,
    notafter: new Date(Date.now() + 3_600_000).toISOString(),
    data: { amount: '1.00', currency: 'EUR' },
  };
}

function message(body: unknown, more: Partial<ServiceBusMessage> = {}): ServiceBusMessage {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  return { body: Buffer.from(bytes), contentType: 'application/cloudevents+json', ...more };
}

/** Nobody reads yet, so that every delivery is one of ours. */
async function killBeforeStart(): Promise<void> {
  const topic = bus.createSender('upstream-events');
  await topic.sendMessages(message(dead.expired, { timeToLive: 200 }));
  const contentType = 'application/cloudevents-batch+json';
  await topic.sendMessages(message(dead.batch, { timeToLive: 200, contentType }));
  await sleep(400);
  await killInQueue('orders', [message(notUtf8), message(new Uint8Array()), message({ large })]);
  await killInQueue('orders', [message(Buffer.from(deep))]);
}

/** Has every delivery of an event end in the same way, at a consumer that is not of the host. */
async function failDeliveries(
  event: { readonly id: string },
  end: (receiver: ServiceBusSessionReceiver, received: ServiceBusReceivedMessage) => Promise<void>,
): Promise<void> {
  const sent = { sessionId: event.id, applicationProperties: { participant: 'payment' } };
  await bus.createSender('saga-events').sendMessages(message(event, sent));
  for (let times = 0; times < maxDeliveryCount; times += 1) {
    const receiver = await bus.acceptSession('saga-events', 'payment', event.id);
    const [received] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
    if (received !== undefined) await end(receiver, received);
    await receiver.close();
  }
}

/** Dead letters of hostile content. Their reasons are those of some consumer. */
async function killInQueue(queue: string, sent: readonly ServiceBusMessage[]): Promise<void> {
  const sessionId = `hostile-${Math.random()}`;
  await bus.createSender(queue).sendMessages(sent.map((one) => ({ ...one, sessionId })));
  const receiver = await bus.acceptSession(queue, sessionId);
  for (const received of await receiver.receiveMessages(sent.length, { maxWaitTimeInMs: 5_000 })) {
    await receiver.deadLetterMessage(received, {
      deadLetterReason: 'Some "reason"; nobody knows it',
      deadLetterErrorDescription: 'said the consumer',
    });
  }
  await receiver.close();
}

async function killWhileRunning(): Promise<void> {
  await failDeliveries(dead.abandoned, (receiver, received) => receiver.abandonMessage(received));
  await failDeliveries(dead.lockLost, () => sleep(lockSeconds * 1_000 + 500));
  const publisher = openPublisher(runtime);
  await publisher.toHub(dead.landedBefore, 'key');
  await publisher.toOrders(dead.badCommand, 'S-1');
  await publisher.close();
  const sessionId = 'UNHANDLED-1';
  await bus.createSender('payment-commands').sendMessages(message(dead.unhandled, { sessionId }));
  await bus.createSender('saga-replies').sendMessages(message('no reply', { sessionId: 'nobody' }));
  const hub = new EventHubProducerClient(runtime.eventHubs, 'dead-letters');
  await hub.sendBatch([{ body: Buffer.from('no letter at all') }]);
  await hub.close();
  await uploadBlobs();
}

async function uploadBlobs(): Promise<void> {
  const container = new ContainerClient(runtime.storage, 'deadletter');
  await container.createIfNotExists();
  const event = (reason: string) => ({
    ...salesOrder(),
    deadletterreason: reason,
    deliveryattempts: 30,
    lastdeliveryoutcome: 'Unauthorized',
  });
  const events = [event('MaxDeliveryAttemptsExceeded'), event('TimeToLiveExceeded')];
  const put = (name: string, text: string) =>
    container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
  await put('TOPIC/SUB/2026/11/21/8/a.json', JSON.stringify(events));
  await put('TOPIC/SUB/2026/11/21/8/b.json', '[{"unfinished":');
}

async function query<Result>(sql: string): Promise<readonly Result[]> {
  const run = await runNode(['cli/sql.ts', '--json', '--data', folder, sql], {
    expectFailure: true,
  });
  return run.code === 0 ? (JSON.parse(run.stdout) as Result[]) : [];
}

function rows(condition: string): Promise<readonly Row[]> {
  return query<Row>(`select * from brz_event_dead_letter where ${condition}`);
}

/** Waits for the one row, and says what it is. */
async function theRow(condition: string): Promise<Row | undefined> {
  await expect.poll(() => rows(condition), patience).toHaveLength(1);
  return (await rows(condition))[0];
}

describe('each way to die ends as exactly one row', { timeout: 90_000 }, () => {
  it('max delivery exceeded', async () => {
    const row = await theRow(
      `original_event_id = '${dead.abandoned.id}' and origin = '${otherOrigin}'`,
    );
    expect(row).toMatchObject({
      error_category: 'processing',
      error_code: 'broker.deliveries_exceeded',
      stage: 'deliver',
      delivery_count: maxDeliveryCount,
      retry_count: maxDeliveryCount - 1,
      resolved: false,
    });
    expect(JSON.parse(row?.raw_payload ?? '')).toEqual(dead.abandoned);
  });

  it('a lock that expires until the deliveries are used up', async () => {
    const row = await theRow(
      `original_event_id = '${dead.lockLost.id}' and origin = '${otherOrigin}'`,
    );
    expect(row).toMatchObject({ error_category: 'timeout', error_code: 'broker.lock_expired' });
  });

  it('time to live, at each subscription of the topic', async () => {
    for (const origin of [relayOrigin, sagaOrigin]) {
      const row = await theRow(`original_event_id = '${dead.expired.id}' and origin = '${origin}'`);
      expect(row).toMatchObject({ error_category: 'timeout', error_code: 'broker.ttl_expired' });
    }
  });

  it('every event of a JSON batch that expired, by itself', async () => {
    for (const { id } of dead.batch) {
      await theRow(`original_event_id = '${id}' and origin = '${relayOrigin}'`);
    }
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
    await expect.poll(() => rows(`origin = 'eventgrid/TOPIC/SUB'`), patience).toHaveLength(3);
    const found = await rows(`origin = 'eventgrid/TOPIC/SUB'`);
    expect(found.map((row) => `${row.error_category} ${row.error_code}`).toSorted()).toEqual([
      'processing eventgrid.MaxDeliveryAttemptsExceeded',
      'schema eventgrid.unreadable',
      'timeout eventgrid.TimeToLiveExceeded',
    ]);
  });

  it('bad input of every kind, and stops nothing', async () => {
    const condition = `origin = 'orders' and stage = 'deliver'`;
    await expect.poll(() => rows(condition), patience).toHaveLength(4);
    const found = await rows(condition);
    expect(new Set(found.map((row) => row.error_code))).toEqual(new Set(['reason.other']));
    expect(found[0]?.error_detail).toContain('Some "reason"; nobody knows it: said the consumer');
    const byEncoding = Map.groupBy(found, (row) => row.payload_encoding);
    expect(byEncoding.get('base64')).toMatchObject([
      { raw_payload: Buffer.from(notUtf8).toString('base64') },
    ]);
    expect(byEncoding.get('blob')).toHaveLength(1);
    expect(byEncoding.get('utf8')?.map((row) => row.raw_payload)).toEqual(
      expect.arrayContaining(['', deep]),
    );
  });

  it('what is no dead letter although it is in their hub', async () => {
    const row = await theRow(`origin = 'dead-letters'`);
    expect(row).toMatchObject({
      error_code: 'deadletter.unreadable',
      raw_payload: 'no letter at all',
    });
  });
});

describe('counterexample 11: landed, and dead at the broker', { timeout: 120_000 }, () => {
  it('gets no record when its event has landed', async () => {
    const id = dead.landedBefore.id;
    const landed = `select 1 from brz_event_erp_salesorder_created where event_id = '${id}'`;
    await expect.poll(() => query(landed), patience).toHaveLength(1);
    await host.stop();
    const topic = bus.createSender('upstream-events');
    await topic.sendMessages(message(dead.landedBefore, { timeToLive: 200 }));
    await sleep(500);
    host = await runtime.startHost();
    // The other subscription of the topic shows that the copy has died everywhere.
    await theRow(`original_event_id = '${id}' and origin = '${sagaOrigin}'`);
    const receiver = bus.createReceiver('upstream-events', 'bronze-relay', {
      subQueueType: 'deadLetter',
    });
    await expect.poll(() => receiver.peekMessages(1), patience).toHaveLength(0);
    await receiver.close();
    expect(await rows(`original_event_id = '${id}' and origin = '${relayOrigin}'`)).toEqual([]);
  });
});

describe('the stored data', { timeout: 90_000 }, () => {
  it('agree: every event once, dead or landed, and what died elsewhere is no event received', async () => {
    const reconciled = async () => {
      const run = await runNode(['cli/reconcile.ts', '--json', '--data', folder], {
        expectFailure: true,
      });
      return JSON.parse(run.stdout) as {
        readonly isReconciled: boolean;
        readonly byOrigin: Readonly<Record<string, object>>;
        readonly otherDeadLetterCodes: Readonly<Record<string, number>>;
      };
    };
    await expect.poll(async () => (await reconciled()).isReconciled, patience).toBe(true);
    const { byOrigin, otherDeadLetterCodes } = await reconciled();
    expect(Object.keys(byOrigin).toSorted()).toEqual(['events', relayOrigin]);
    // One event and those of the batch have expired; the copy of what had landed is no event more.
    expect(byOrigin[relayOrigin]).toMatchObject({ received: 3, landed: 0, deadLettered: 3 });
    expect(otherDeadLetterCodes).toMatchObject({ 'deadletter.unreadable': 1, 'reason.other': 4 });
  });

  it('begin with the 15 columns of the specification, in order and type, as DuckDB reads them', async () => {
    const described = await query<{ column_name: string; column_type: string }>(
      'describe select * from brz_event_dead_letter',
    );
    const columns = described.map((column) => `${column.column_name} ${column.column_type}`);
    expect(columns.slice(0, 15)).toEqual([
      ...['dead_letter_id VARCHAR', 'original_event_id VARCHAR', 'event_source VARCHAR'],
      ...['event_type VARCHAR', 'event_time TIMESTAMP WITH TIME ZONE', 'partition_id VARCHAR'],
      ...['offset VARCHAR', 'error_category VARCHAR', 'error_detail VARCHAR'],
      ...['raw_payload VARCHAR', 'dead_letter_timestamp TIMESTAMP WITH TIME ZONE'],
      ...['retry_count INTEGER', 'resolved BOOLEAN'],
      ...['resolved_timestamp TIMESTAMP WITH TIME ZONE', 'resolved_by VARCHAR'],
    ]);
  });
});
