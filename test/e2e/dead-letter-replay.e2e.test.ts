import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relayOrigin } from '../../functions/entities.ts';
import type { RunningChild } from '../support/child-process.ts';
import {
  openDeadLetterClient,
  type DeadLetterClient,
  type ListedByHttp,
} from '../support/dead-letter-client.ts';
import { salesOrder, type SalesOrder } from '../support/events.ts';
import { openPublisher } from '../support/publish.ts';
import { runNode } from '../support/run-node.ts';
import { startRuntime, type Runtime } from '../support/runtime.ts';

const sagaOrigin = 'upstream-events/Subscriptions/order-sagas';
const patience = { timeout: 60_000, interval: 500 };
const groupSize = 25;

/** An order that its schema refuses, and the patch that repairs it. */
const repair = [{ op: 'replace', path: '/data/currency', value: 'USD' }];
const broken = (): SalesOrder => {
  const order = salesOrder();
  return { ...order, data: { ...order.data, currency: 7 } };
};

const dead = {
  brokenInHub: broken(),
  atTopic: salesOrder(),
  group: Array.from({ length: groupSize }, () => salesOrder()),
  first: broken(),
  followers: [salesOrder(), salesOrder()],
  discarded: broken(),
  behindDiscarded: salesOrder(),
};

let folder: string;
let runtime: Runtime;
let bus: ServiceBusClient;
let host: RunningChild;
let letters: DeadLetterClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-replay-'));
  runtime = await startRuntime({
    settings: {
      LocalHost__LoadBalancingIntervalMs: '200',
      LocalHost__BlobPollMs: '500',
      settle_schedule: '*/5 * * * * *',
      retry_delays_seconds: 'none',
    },
  });
  await writeFile(join(folder, 'runtime.json'), JSON.stringify({ pid: process.pid, ...runtime }));
  bus = new ServiceBusClient(runtime.serviceBus);
  await killBeforeStart();
  host = await runtime.startHost();
  letters = openDeadLetterClient(() => String(host.ready['http']));
  const publisher = openPublisher(runtime);
  await publisher.toHub(dead.brokenInHub, 'key');
  await publisher.toHub(dead.brokenInHub, 'another key');
  await publisher.toOrders(dead.first, 'S-1');
  for (const follower of dead.followers) await publisher.toOrders(follower, 'S-1');
  await publisher.toOrders(dead.discarded, 'S-2');
  await publisher.toOrders(dead.behindDiscarded, 'S-2');
  await publisher.close();
}, 120_000);

afterAll(async () => {
  await bus.close();
  await runtime.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Nobody reads yet: what expires, and what somebody dead-letters, dies at the broker. */
async function killBeforeStart(): Promise<void> {
  const topic = bus.createSender('upstream-events');
  await topic.sendMessages(message(dead.atTopic, { timeToLive: 200 }));
  const queue = bus.createSender('orders');
  for (const order of dead.group) {
    await queue.sendMessages(message(order, { sessionId: order.id }));
    const receiver = await bus.acceptSession('orders', order.id);
    const [received] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
    if (received === undefined) throw new Error('an order did not arrive');
    await receiver.deadLetterMessage(received, {
      deadLetterReason: 'handler-broken',
      deadLetterErrorDescription: '',
    });
    await receiver.close();
  }
  const container = new ContainerClient(runtime.storage, 'deadletter');
  await container.createIfNotExists();
  const text = JSON.stringify([{ ...salesOrder(), deadletterreason: 'TimeToLiveExceeded' }]);
  const blob = container.getBlockBlobClient('TOPIC/SUB/2026/11/21/8/a.json');
  await blob.upload(text, Buffer.byteLength(text));
  await sleep(400);
}

function message(body: object, more: Partial<ServiceBusMessage> = {}): ServiceBusMessage {
  const contentType = 'application/cloudevents+json';
  return { body: Buffer.from(JSON.stringify(body)), contentType, ...more };
}

async function query<Row>(sql: string): Promise<readonly Row[]> {
  const run = await runNode(['cli/sql.ts', '--json', '--data', folder, sql], {
    expectFailure: true,
  });
  return run.code === 0 ? (JSON.parse(run.stdout) as Row[]) : [];
}

function landed(...events: readonly SalesOrder[]): Promise<readonly { event_id: string }[]> {
  const ids = events.map(({ id }) => `'${id}'`).join();
  return query(`select event_id from brz_event_erp_salesorder_created where event_id in (${ids})`);
}

/** Waits for so many open letters of an origin. */
async function lettersOf(
  filter: Readonly<Record<string, string>>,
  count: number,
): Promise<readonly ListedByHttp[]> {
  await expect.poll(() => letters.list(filter), patience).toHaveLength(count);
  return await letters.list(filter);
}

async function sagaOf(order: SalesOrder): Promise<Readonly<Record<string, unknown>>> {
  const path = `api/sagas/${String(order.data['order_id'])}`;
  const response = await fetch(`${String(host.ready['http'])}/${path}`);
  return (await response.json()) as Readonly<Record<string, unknown>>;
}

async function startedAt(order: SalesOrder): Promise<string> {
  const path = async (): Promise<unknown> => (await sagaOf(order))['claimedAt'];
  await expect.poll(path, patience).toEqual(expect.any(String));
  return String((await sagaOf(order))['claimedAt']);
}

describe('an event that its schema refused', { timeout: 120_000 }, () => {
  it('is said to fail again, and is not sent, as long as nothing is repaired', async () => {
    const [first] = await lettersOf({ origin: 'events' }, 2);
    const id = first?.id ?? '';
    expect(await letters.replay(id, { dryRun: true })).toMatchObject({
      ...{ dryRun: true, replayed: 0, skipped: 1, failed: 0, continuation: null },
      outcomes: [{ id, outcome: 'would-fail', code: 'replay.invalid' }],
    });
    const { outcomes } = await letters.replay(id);
    expect(outcomes).toMatchObject([{ id, outcome: 'skipped', code: 'replay.invalid' }]);
    expect(outcomes[0]?.violations?.[0]?.pointer).toBe('/data/currency');
    expect((await letters.show(id))['resolution']).toMatchObject({ state: 'open' });
  });

  it('keeps its identity, and is not sent when an edit does not make it valid', async () => {
    const [first] = await lettersOf({ origin: 'events' }, 2);
    const id = first?.id ?? '';
    const edit = async (patch: readonly object[]) => (await letters.replay(id, { patch })).outcomes;
    const other = { op: 'replace', path: '/id', value: crypto.randomUUID() };
    expect(await edit([...repair, other])).toMatchObject([{ code: 'replay.identity_changed' }]);
    const still = [{ op: 'replace', path: '/data/currency', value: 'dollars' }];
    expect(await edit(still)).toMatchObject([{ outcome: 'skipped', code: 'replay.invalid' }]);
    expect(await edit([{ op: 'remove', path: '/data/nothing' }])).toMatchObject([
      { outcome: 'skipped', code: 'replay.patch_failed' },
    ]);
  });

  it('lands once when it is edited, and its second replay is a duplicate', async () => {
    const [first, second] = await lettersOf({ origin: 'events' }, 2);
    const [id = '', other = ''] = [first?.id, second?.id];
    const patch = repair;
    const dry = await letters.replay(id, { patch, dryRun: true });
    expect(dry.outcomes).toEqual([{ id, outcome: 'would-pass', target: 'bronze-landing' }]);
    const { outcomes } = await letters.replay(id, { patch });
    expect(outcomes).toMatchObject([{ id, outcome: 'replayed', target: 'bronze-landing' }]);
    await expect.poll(() => landed(dead.brokenInHub), patience).toHaveLength(1);
    const again = await letters.replay(other, { patch, dryRun: true });
    expect(again.outcomes).toMatchObject([{ id: other, outcome: 'would-be-duplicate' }]);
    expect(await letters.replay(other, { patch })).toMatchObject({ replayed: 1 });
    const [{ replayId } = {}] = outcomes;
    expect(await letters.show(id)).toMatchObject({
      staged: null,
      resolution: {
        state: 'replayed',
        by: 'ada',
        replay: { id: replayId, target: 'bronze-landing' },
      },
      audit: [{ action: 'replay', by: 'ada', why: 'a test', replay: { id: replayId, patch } }],
    });
    const closed = await letters.replay(id);
    expect(closed.outcomes).toMatchObject([{ outcome: 'skipped', code: 'replay.state' }]);
  });
});

describe('an event that died at two subscriptions of one topic', { timeout: 120_000 }, () => {
  it('lands when the relayed one is replayed, and no other subscriber gets it', async () => {
    const [relayed] = await lettersOf({ origin: relayOrigin }, 1);
    const [saga] = await lettersOf({ origin: sagaOrigin }, 1);
    const dry = await letters.replay(relayed?.id ?? '', { dryRun: true });
    expect(dry.outcomes).toMatchObject([{ outcome: 'would-pass', target: 'bronze-landing' }]);
    await letters.replay(relayed?.id ?? '');
    await expect.poll(() => landed(dead.atTopic), patience).toHaveLength(1);
    expect((await letters.show(saga?.id ?? ''))['resolution']).toMatchObject({ state: 'open' });
    expect(await sagaOf(dead.atTopic)).toMatchObject({ status: 404 });
  });

  it('starts its saga when the other one is replayed, and lands no second time', async () => {
    const [saga] = await lettersOf({ origin: sagaOrigin }, 1);
    const id = saga?.id ?? '';
    const { outcomes } = await letters.replay(id);
    expect(outcomes).toMatchObject([{ outcome: 'replayed', target: 'dead-letter-replays' }]);
    await startedAt(dead.atTopic);
    expect(await landed(dead.atTopic)).toHaveLength(1);
    expect(await letters.list({ origin: relayOrigin })).toEqual([]);
  });
});

describe('a group', { timeout: 120_000 }, () => {
  it('is replayed slice by slice, with what remains', async () => {
    const found = await lettersOf({ origin: 'orders', category: 'processing' }, groupSize + 3);
    const group = found.find(({ code }) => code === 'reason.handler-broken')?.failureGroup ?? '';
    const filter = { group };
    const dry = await letters.slice({ filter, limit: 200, dryRun: true });
    expect(dry).toMatchObject({ replayed: groupSize, remaining: groupSize, continuation: null });
    const seen: (number | undefined)[] = [];
    let continuation: string | null = null;
    do {
      const slice = await letters.slice({ filter, limit: 10, continuation });
      seen.push(slice.remaining);
      ({ continuation } = slice);
    } while (continuation !== null);
    expect(seen).toEqual([15, 5, 0]);
    for (const order of dead.group) await startedAt(order);
    expect(await letters.list({ group, state: 'replayed' })).toHaveLength(groupSize);
  });
});

describe('messages of one session', { timeout: 120_000 }, () => {
  it('follow the first of them in order when that is repaired', async () => {
    const all = await letters.list({ origin: 'orders' });
    const idOf = ({ id }: SalesOrder): string =>
      all.find(({ eventId }) => eventId === id)?.id ?? '';
    const ids = [dead.first, ...dead.followers].map(idOf);
    const [first = '', second = ''] = ids;
    const early = await letters.replay(second, { dryRun: true });
    expect(early.outcomes).toMatchObject([{ outcome: 'would-break-order' }]);
    expect((await letters.replay(second)).outcomes).toMatchObject([
      { outcome: 'skipped', code: 'replay.order' },
    ]);
    const dry = await letters.replay(first, { patch: repair, dryRun: true });
    expect(dry.outcomes.map(({ id, outcome }) => [id, outcome])).toEqual(
      ids.map((id) => [id, 'would-pass']),
    );
    const { outcomes } = await letters.replay(first, { patch: repair });
    expect(outcomes.map(({ id, outcome }) => [id, outcome])).toEqual(
      ids.map((id) => [id, 'replayed']),
    );
    const times: string[] = [];
    for (const order of [dead.first, ...dead.followers]) times.push(await startedAt(order));
    expect(times).toEqual(times.toSorted());
  });

  it('follow by themselves when the first of them is discarded', async () => {
    const all = await letters.list({ origin: 'orders' });
    const idOf = ({ id }: SalesOrder): string =>
      all.find(({ eventId }) => eventId === id)?.id ?? '';
    expect(await letters.discard(idOf(dead.discarded))).toBe(200);
    await startedAt(dead.behindDiscarded);
    const { resolution } = await letters.show(idOf(dead.behindDiscarded));
    expect(resolution).toMatchObject({ state: 'replayed', by: 'ada' });
    expect(await sagaOf(dead.discarded)).toMatchObject({ status: 404 });
  });
});

describe('what cannot be sent to one consumer alone', { timeout: 120_000 }, () => {
  it('is refused with a remedy, and said to have no way', async () => {
    const [blob] = await lettersOf({ origin: 'eventgrid/TOPIC/SUB' }, 1);
    const id = blob?.id ?? '';
    const dry = await letters.replay(id, { dryRun: true });
    expect(dry.outcomes).toMatchObject([{ outcome: 'no-way', code: 'replay.no_way' }]);
    const { outcomes } = await letters.replay(id);
    expect(outcomes).toMatchObject([{ outcome: 'skipped', code: 'replay.no_way' }]);
  });

  it('is a problem when the request itself is wrong', async () => {
    const id = crypto.randomUUID();
    const statusOf = async (path: string, body: unknown, headers?: Record<string, string>) =>
      (await letters.post(path, body, headers)).status;
    expect(await statusOf(`dead-letters/${id}/replay`, { reason: 'x' })).toBe(404);
    expect(await statusOf(`dead-letters/${id}/replay`, { reason: 'x' }, {})).toBe(401);
    expect(await statusOf(`dead-letters/${id}/replay`, {})).toBe(400);
    expect(await statusOf(`dead-letters/${id}/replay`, { reason: 'x', patch: {} })).toBe(400);
    expect(await statusOf('dead-letters/replay', { reason: 'x' })).toBe(400);
    const misspelt = { reason: 'x', filter: { grop: 'a' } };
    expect(await statusOf('dead-letters/replay', misspelt)).toBe(400);
    const tooMany = { reason: 'x', filter: {}, limit: 201 };
    expect(await statusOf('dead-letters/replay', tooMany)).toBe(400);
  });
});

describe('the stored data', { timeout: 120_000 }, () => {
  it('agree: each replay into Bronze is one event received there, with its verdict', async () => {
    const reconciled = async () => {
      const run = await runNode(['cli/reconcile.ts', '--json', '--data', folder], {
        expectFailure: true,
      });
      return JSON.parse(run.stdout) as {
        readonly isReconciled: boolean;
        readonly byOrigin: Readonly<Record<string, object>>;
      };
    };
    await expect.poll(async () => (await reconciled()).isReconciled, patience).toBe(true);
    expect((await reconciled()).byOrigin).toMatchObject({
      'bronze-landing': { received: 3, landed: 2, duplicate: 1, deadLettered: 0 },
      [relayOrigin]: { received: 1, landed: 0, deadLettered: 1 },
      events: { received: 2, landed: 0, deadLettered: 2 },
    });
  });
});
