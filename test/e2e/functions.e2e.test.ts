import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relayOrigin } from '../../functions/entities.ts';
import { createTableLedger } from '../../shared/ledger/table-ledger.ts';
import { openStorage } from '../../functions/compose/storage.ts';
import { stateTables } from '../../shared/config/state-tables.ts';
import { readLetters } from '../support/dead-letters/read-letters.ts';
import { salesOrder } from '../support/events.ts';
import { openPublisher } from '../support/publish.ts';
import { startRuntime, type Runtime } from '../support/runtime.ts';
import type { RunningChild } from '../support/child-process.ts';

let runtime: Runtime;
let host: RunningChild;

beforeAll(async () => {
  runtime = await startRuntime({
    settings: {
      settle_schedule: '*/1 * * * * *',
      settle_idle_after_seconds: '1',
      LocalHost__LoadBalancingIntervalMs: '200',
    },
  });
  host = await runtime.startHost();
}, 60_000);

afterAll(() => runtime.stop());

/** What the plans say of an origin: received, landed, duplicate, dead-lettered. */
async function verdictsOf(origin: string): Promise<readonly number[]> {
  const storage = await openStorage({ kind: 'connection-string', text: runtime.storage });
  const ledger = createTableLedger(await storage.table(stateTables.ledger));
  const sum = [0, 0, 0, 0];
  for await (const author of ledger.authors()) {
    for (const { countsByOrigin } of await ledger.plansAfter(author, -1)) {
      const counts = countsByOrigin.get(origin);
      if (counts === undefined) continue;
      const { received, landed, duplicate, deadLettered } = counts;
      [received, landed, duplicate, deadLettered].forEach((count, at) => {
        sum[at] = (sum[at] ?? 0) + count;
      });
    }
  }
  return sum;
}

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${String(host.ready['http'])}/api/${path}`);
  return { status: response.status, body: await response.json() };
}

describe('the built application in a host', () => {
  it('lives, and is ready when storage, hubs and lake answer', async () => {
    expect(await get('health/live')).toEqual({ status: 200, body: { status: 'live' } });
    expect(await get('health/ready')).toEqual({
      status: 200,
      body: { status: 'ready', problems: [] },
    });
  });

  it('gives every event of hub and topic one verdict, counted under where it first arrived', async () => {
    const publisher = openPublisher(runtime);
    const repeated = salesOrder();
    const events = [repeated, repeated, salesOrder(), salesOrder({ id: 'no uuid' })];
    for (const [at, event] of events.entries()) {
      await publisher.toHub(event, `${at}`);
      await publisher.toTopic(event);
    }
    await publisher.close();
    const poll = { timeout: 30_000, interval: 500 };
    // The copies of the topic may land before or after those of the hub.
    const total = async (): Promise<readonly number[]> => {
      const [hub, topic] = await Promise.all([verdictsOf('events'), verdictsOf(relayOrigin)]);
      return hub.map((count, at) => count + (topic[at] ?? 0));
    };
    await expect.poll(total, poll).toEqual([8, 2, 4, 2]);
    expect((await verdictsOf('events'))[0]).toBe(4);
    expect((await verdictsOf(relayOrigin))[0]).toBe(4);
  });

  it('handles the commands of an order and makes a dead letter of what it cannot handle', async () => {
    const client = new ServiceBusClient(runtime.serviceBus);
    const sender = client.createSender('orders');
    const good = { body: salesOrder(), contentType: 'application/cloudevents+json' };
    const sessionId = 'SO-1';
    await sender.sendMessages([
      { ...good, sessionId },
      { ...good, sessionId },
      { body: 'no command', sessionId },
    ]);
    const dead = async (): Promise<readonly string[]> => {
      const letters = await readLetters(runtime.eventHubs);
      return letters.map(({ head, body }) => `${head.origin} ${Buffer.from(body).toString()}`);
    };
    await expect.poll(dead, { timeout: 30_000, interval: 500 }).toEqual(['orders "no command"']);
    await client.close();
  });
});
