import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeCommand } from '../../sagas/message-codec.ts';
import type { Command } from '../../domain/messages.ts';
import { orderKeyOf } from '../../shared/kernel/order-key.ts';
import { epochMs } from '../../shared/kernel/time.ts';
import type { RunningChild } from '../support/child-process.ts';
import { doCommand, orderData, undoCommand } from '../support/commands.ts';
import { openPublisher, type Publisher } from '../support/publish.ts';
import { startRuntime, type Runtime } from '../support/runtime.ts';
import { orderCreated, startSagaWorld, type SagaWorld } from '../support/sagas/saga-world.ts';

interface Letter {
  readonly id: string;
  readonly type: string;
  readonly eventId: string | null;
  readonly subject: string | null;
  readonly category: string;
  readonly code: string;
  readonly origin: string;
  readonly stage: string;
  readonly retryCount: number;
  readonly deliveryCount: number | null;
}

const coolDownSeconds = 4;
const queue = 'payment-commands';
const patience = { timeout: 60_000, interval: 500 };

let runtime: Runtime;
let bus: ServiceBusClient;
let publisher: Publisher;
let host: RunningChild;

beforeAll(async () => {
  const rules = [{ order: 'BROKEN-*', behaviour: 'error' }];
  runtime = await startRuntime({
    settings: {
      LocalHost__LoadBalancingIntervalMs: '200',
      participant_simulation: JSON.stringify(rules),
      retry_immediate: '2',
      retry_delays_seconds: '1,1',
      circuit_failures: '2',
      circuit_cool_down_seconds: `${coolDownSeconds}`,
      circuit_refresh_seconds: '1',
    },
  });
  bus = new ServiceBusClient(runtime.serviceBus);
  publisher = openPublisher(runtime);
  host = await runtime.startHost();
}, 120_000);

afterAll(async () => {
  await publisher.close();
  await bus.close();
  await runtime.stop();
});

async function get<Answer>(path: string): Promise<Answer> {
  const response = await fetch(`${String(host.ready['http'])}/api/${path}`);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

/** The open dead letters that a query finds, oldest first, with everything that is kept of them. */
async function letters(query: Readonly<Record<string, string>>): Promise<readonly Letter[]> {
  const search = new URLSearchParams({ ...query, pageSize: '200' });
  const page = await get<{ deadLetters: readonly Letter[] }>(`dead-letters?${search.toString()}`);
  return await Promise.all(page.deadLetters.map(({ id }) => get<Letter>(`dead-letters/${id}`)));
}

const lettersOf = async ({ id }: Command): Promise<readonly Letter[]> =>
  (await letters({ origin: queue })).filter(({ eventId }) => eventId === id);

function charge(prefix: string): Command {
  const sagaId = `${prefix}-${randomUUID()}`;
  const data = { ...orderData, order_id: sagaId };
  const command = doCommand('charge-payment', { participant: 'payment', sagaId, data });
  return { ...command, notAfter: epochMs(Date.now() + 600_000), replyTo: 'nowhere' };
}

function refund(prefix: string): Command {
  const { sagaId, data } = charge(prefix);
  const parts = { participant: 'payment', sagaId, data } as const;
  return { ...undoCommand('refund-payment', 'charge-payment', parts), replyTo: 'nowhere' };
}

async function send(command: Command): Promise<void> {
  const { properties, body, ...message } = encodeCommand(command);
  const sender = bus.createSender(queue);
  const applicationProperties = { ...properties };
  await sender.sendMessages({ ...message, body: Buffer.from(body), applicationProperties });
  await sender.close();
}

/** A reply that names no run becomes a dead letter: it tells that the command was handled. */
async function isHandled({ sagaId }: Command): Promise<boolean> {
  const replies = await letters({ origin: 'saga-replies' });
  return replies.some(({ subject }) => subject === sagaId);
}

describe('an exception that nobody handles', () => {
  it('ends as a dead letter that says how often it was really tried', async () => {
    const broken = charge('BROKEN');
    await send(broken);
    await expect.poll(() => lettersOf(broken), patience).toHaveLength(1);
    expect(await lettersOf(broken)).toMatchObject([
      {
        category: 'processing',
        code: 'participant.failed',
        stage: 'handle',
        // (2 + 1) x (2 + 1) attempts; the last copy was delivered three times.
        retryCount: 8,
        deliveryCount: 3,
      },
    ]);
    const receiver = bus.createReceiver(queue, { subQueueType: 'deadLetter' });
    expect(await receiver.peekMessages(1)).toEqual([]);
    await receiver.close();
  });
});

describe('poison', () => {
  it('opens the circuit of its type alone, which one probe closes again', async () => {
    const poison = [charge('BROKEN'), charge('BROKEN')];
    for (const command of poison) await send(command);
    for (const command of poison) {
      await expect.poll(() => lettersOf(command), patience).toHaveLength(1);
    }
    const [barred, other] = [charge('FINE'), refund('FINE')];
    await send(barred);
    await send(other);
    await expect.poll(() => lettersOf(barred), patience).toHaveLength(1);
    expect(await lettersOf(barred)).toMatchObject([
      { category: 'poison', code: 'circuit.open', retryCount: 0, deliveryCount: 1 },
    ]);
    await expect.poll(() => isHandled(other), patience).toBe(true);

    await sleep(coolDownSeconds * 1_000);
    const badProbe = charge('BROKEN');
    await send(badProbe);
    await expect.poll(() => lettersOf(badProbe), patience).toHaveLength(1);
    expect(await lettersOf(badProbe)).toMatchObject([
      { category: 'poison', code: 'participant.failed', retryCount: 0 },
    ]);

    await sleep(coolDownSeconds * 1_000 + 500);
    const probe = charge('FINE');
    await send(probe);
    await expect.poll(() => isHandled(probe), patience).toBe(true);
    const followers = [charge('FINE'), charge('FINE'), charge('FINE')];
    for (const command of followers) await send(command);
    for (const command of followers) {
      await expect.poll(() => isHandled(command), patience).toBe(true);
      expect(await lettersOf(command)).toEqual([]);
    }
  }, 180_000);
});

describe('a session of orders', () => {
  it('stops behind its dead letter, while the others go on', async () => {
    const names = ['1', '2', '3', '4', '5'].map((n) => `SO-${n}-${randomUUID()}`);
    const [first = '', poison = '', ...parked] = names;
    const others = names.map((name) => `OTHER-${name}`);
    for (const [at, name] of names.entries()) {
      const event = orderCreated(name);
      await publisher.toOrders(name === poison ? { ...event, id: 'no uuid' } : event, 'A');
      await publisher.toOrders(orderCreated(others[at] ?? ''), `B${at}`);
    }
    const key = orderKeyOf('orders', 'A');
    await expect.poll(() => letters({ key }), patience).toHaveLength(4);
    const found = await letters({ key });
    expect(found.map(({ code }) => code)).toEqual([
      'envelope.id.not_uuid',
      ...parked.map(() => 'order.blocked'),
    ]);
    expect(found.map(({ subject }) => subject)).toEqual([poison, ...parked]);
    for (const sagaId of [first, ...others]) {
      await expect
        .poll(() => get(`sagas/${sagaId}`).catch(() => undefined), patience)
        .toBeDefined();
    }
    for (const sagaId of parked) await expect(get(`sagas/${sagaId}`)).rejects.toThrow('404');
  }, 120_000);
});

describe('an event of a choreographed saga', () => {
  let world: SagaWorld;

  beforeAll(async () => {
    const rules = [
      { order: 'SHAKY-*', command: 'charge-payment', behaviour: 'error', times: 3 },
      { order: 'BROKEN-*', command: 'charge-payment', behaviour: 'error' },
    ];
    const retries = { retry_immediate: '1', retry_delays_seconds: '1' };
    const settings = { ...retries, saga_variant: 'choreography' };
    world = await startSagaWorld(rules, { settings });
  }, 120_000);

  afterAll(() => world.stop());

  it('comes back through the queue of replays until it is handled, or dead', async () => {
    const [shaky, broken] = [`SHAKY-${randomUUID()}`, `BROKEN-${randomUUID()}`];
    for (const orderId of [shaky, broken]) {
      await world.publisher.toHub(orderCreated(orderId), orderId);
    }
    const stateOf = async (sagaId: string) => (await world.show(sagaId))?.state;
    await expect.poll(() => stateOf(shaky), patience).toBe('completed');
    const origin = 'saga-events/Subscriptions/payment';
    const search = new URLSearchParams({ origin });
    const list = async () => {
      const response = await fetch(`${world.http()}/api/dead-letters?${search.toString()}`);
      return ((await response.json()) as { deadLetters: readonly Letter[] }).deadLetters;
    };
    await expect.poll(list, patience).toHaveLength(1);
    const [letter] = await list();
    const file = await fetch(`${world.http()}/api/dead-letters/${letter?.id ?? ''}`);
    expect(await file.json()).toMatchObject({
      ...{ origin, code: 'participant.failed', sessionId: broken },
      ...{ retryCount: 3, deliveryCount: 2 },
    });
  }, 180_000);
});
