import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SagaReport } from '../../../sagas/runner/saga-report.ts';
import type { RunningChild } from '../../support/child-process.ts';
import { salesOrder } from '../../support/events.ts';
import { openPublisher, type Publisher } from '../../support/publish.ts';
import { readStuckLetters } from '../../support/stuck-letters.ts';
import { startRuntime, type Runtime } from '../../support/runtime.ts';

const simulation = [
  { command: 'charge-payment', order: 'DECLINED-*', behaviour: 'fail', code: 'payment.declined' },
  { command: 'pack-order', order: 'FORGOTTEN-*', attempt: 1, behaviour: 'silent' },
  { command: 'pack-order', order: 'MUTE-*', behaviour: 'silent' },
  { command: 'charge-payment', order: 'TWICE-*', behaviour: 'answer-twice' },
  { command: 'complete-order', order: 'LATER-*', behaviour: 'late-effect', ms: 500 },
  { command: 'complete-order', order: 'STUCK-*', behaviour: 'fail' },
  { command: 'recall-shipment', order: 'STUCK-*', behaviour: 'fail-undo' },
];

let runtime: Runtime;
let host: RunningChild;
let publisher: Publisher;

beforeAll(async () => {
  runtime = await startRuntime({
    settings: {
      saga_variant: 'choreography',
      saga_step_timeout_seconds: '2',
      saga_step_attempts: '2',
      saga_compensation_attempts: '2',
      saga_sweep_schedule: '*/1 * * * * *',
      participant_simulation: JSON.stringify(simulation),
      LocalHost__LoadBalancingIntervalMs: '200',
    },
  });
  host = await runtime.startHost();
  publisher = openPublisher(runtime);
}, 60_000);

afterAll(async () => {
  await publisher.close();
  await runtime.stop();
});

const poll = { timeout: 25_000, interval: 300 };

function order(prefix: string) {
  const event = salesOrder();
  const orderId = `${prefix}-${event.subject}`;
  const items = [{ product_id: 'P-1', quantity: 2, price: 5 }];
  return { ...event, subject: orderId, data: { ...event.data, order_id: orderId, items } };
}

async function get(path: string): Promise<unknown> {
  const response = await fetch(`${String(host.ready['http'])}/api/${path}`);
  return response.ok ? await response.json() : undefined;
}

async function report(sagaId: string): Promise<SagaReport | undefined> {
  return (await get(`sagas/${sagaId}`)) as SagaReport | undefined;
}

async function stateOf(sagaId: string): Promise<string | undefined> {
  return (await report(sagaId))?.state;
}

async function listed(state: string): Promise<readonly string[]> {
  const page = (await get(`sagas?state=${state}`)) as { sagas: { sagaId: string }[] };
  return page.sagas.map(({ sagaId }) => sagaId);
}

async function place(prefix: string): Promise<string> {
  const event = order(prefix);
  await publisher.toHub(event, event.subject);
  return event.subject;
}

function told(saga: SagaReport | undefined, what: string): readonly string[] {
  return saga?.timeline.flatMap((entry) => (entry.what === what ? (entry.step ?? '') : [])) ?? [];
}

describe('the choreographed variant in a host', () => {
  it('takes an order through all its steps, once, however often it is asked for', async () => {
    const event = order('GOOD');
    const sagaId = event.subject;
    await publisher.toHub(event, sagaId);
    await publisher.toTopic(event);
    await expect.poll(() => stateOf(sagaId), poll).toBe('completed');
    await publisher.toTopic(event);
    expect(await listed('completed')).toContain(sagaId);
    expect(await listed('running')).not.toContain(sagaId);
    const saga = await report(sagaId);
    expect(saga).toMatchObject({ variant: 'choreography', definition: 'order-fulfilment' });
    expect(told(saga, 'reply-done')).toEqual([
      ...['create-order', 'reserve-stock', 'charge-payment', 'pick-order'],
      ...['pack-order', 'ship-order', 'complete-order'],
    ]);
    expect(told(saga, 'started')).toHaveLength(1);
  });

  it('goes back, the newest step first, from a payment that is declined', async () => {
    const sagaId = await place('DECLINED');
    await expect.poll(() => stateOf(sagaId), poll).toBe('compensated');
    const saga = await report(sagaId);
    expect(saga?.reason).toMatchObject({ code: 'payment.declined' });
    expect(told(saga, 'undo-done')).toEqual(['reserve-stock', 'create-order']);
  });

  it('sends a completed order back when it is cancelled', async () => {
    const sagaId = await place('RETURNED');
    await expect.poll(() => stateOf(sagaId), poll).toBe('completed');
    const path = `${String(host.ready['http'])}/api/sagas/${sagaId}/cancel`;
    const cancelled = await fetch(path, { method: 'POST', body: '{"reason":"not wanted"}' });
    expect(await cancelled.json()).toEqual({ sagaId, outcome: 'returning' });
    await expect.poll(() => stateOf(sagaId), poll).toBe('compensated');
    expect(told(await report(sagaId), 'undo-done')).toHaveLength(7);
  });

  it('keeps a cancellation that comes before its order, and compensates the order', async () => {
    const created = order('EARLY');
    const sagaId = created.subject;
    const type = 'com.acmemfg.erp.salesorder.failed';
    const data = { order_id: sagaId, reason: 'no credit' };
    await publisher.toHub({ ...salesOrder({ type, data }), subject: sagaId }, sagaId);
    await expect.poll(() => stateOf(sagaId), poll).toBe('awaited');
    await publisher.toHub(created, sagaId);
    await expect.poll(() => stateOf(sagaId), poll).toBe('compensated');
    expect((await report(sagaId))?.reason).toMatchObject({ detail: 'no credit' });
  });

  it('asks again for an answer that does not come, and gives a mute step up', async () => {
    const [forgotten, mute] = await Promise.all([place('FORGOTTEN'), place('MUTE')]);
    await expect.poll(() => stateOf(forgotten), poll).toBe('completed');
    await expect.poll(() => stateOf(mute), poll).toBe('compensated');
    expect((await report(mute))?.reason).toMatchObject({ code: 'step.timeout' });
  });

  it('is not moved by second answers, nor by an effect that comes late', async () => {
    const [twice, later] = await Promise.all([place('TWICE'), place('LATER')]);
    await expect.poll(() => stateOf(twice), poll).toBe('completed');
    await expect.poll(() => stateOf(later), poll).toBe('completed');
  });

  it('puts a parcel that cannot be recalled, and the refund, before a person', async () => {
    const sagaId = await place('STUCK');
    await expect.poll(() => stateOf(sagaId), poll).toBe('needs-human');
    const saga = await report(sagaId);
    expect(saga?.stuck).toMatchObject([
      { step: 'ship-order', status: 'failed', command: { name: 'recall-shipment' } },
      { step: 'pack-order', status: 'held' },
      { step: 'pick-order', status: 'held' },
      { step: 'charge-payment', status: 'held', command: { name: 'refund-payment' } },
      { step: 'reserve-stock', status: 'held' },
      { step: 'create-order', status: 'held' },
    ]);
    const letters = await readStuckLetters(runtime.eventHubs);
    const steps = letters.filter((letter) => letter.sagaId === sagaId).map(({ step }) => step);
    expect(new Set(steps).size).toBe(6);
  });
});
