import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApi } from '../../../functions/openapi.ts';
import { startRuntime, type Runtime } from '../../support/runtime.ts';

const poll = { timeout: 45_000, interval: 300 };
let runtime: Runtime;
let api: string;

/** What callers of the HTTP API see. */
interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly location: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

beforeAll(async () => {
  runtime = await startRuntime({
    settings: {
      LocalHost__LoadBalancingIntervalMs: '200',
      participant_simulation: JSON.stringify([
        { behaviour: 'fail', command: 'charge-payment', order: 'poor-*', code: 'payment.declined' },
      ]),
    },
  });
  const host = await runtime.startHost();
  api = `${String(host.ready['http'])}/api`;
}, 60_000);

afterAll(() => runtime.stop());

async function call(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${api}/${path}`, init);
  const { status, headers } = response;
  const body = (await response.json()) as Answer['body'];
  return { status, type: headers.get('content-type'), location: headers.get('location'), body };
}

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return call(path, { method: 'POST', body: JSON.stringify(body), headers });
}

const order = (order_id: string) => ({
  order_id,
  customer_id: 'C-1',
  order_total: 12.5,
  currency: 'EUR',
  items: [{ product_id: 'P-1', quantity: 2, price: 6.25 }],
});

const stateOf = async (sagaId: string): Promise<unknown> =>
  (await call(`sagas/${sagaId}`)).body['state'];

describe('an order over HTTP', () => {
  it('is taken, and its saga goes through all its steps', async () => {
    const placed = await post('orders', order('HTTP-1'), { 'idempotency-key': 'k-1' });
    expect(placed).toMatchObject({
      ...{ status: 202, location: '/api/sagas/HTTP-1' },
      body: { orderId: 'HTTP-1', sagaId: 'HTTP-1', statusUrl: `${api}/sagas/HTTP-1` },
    });
    await expect.poll(() => stateOf('HTTP-1'), poll).toBe('completed');
    const { body } = await call('sagas/HTTP-1');
    expect(body).toMatchObject({ reason: null, stuck: [], compensations: [], instance: null });
    expect(body['commands']).toHaveLength(7);
    expect(body['replies']).toHaveLength(7);
  });

  it('that is placed again, under its key or another, runs no second time', async () => {
    const before = (await call('sagas/HTTP-1')).body;
    const again = await post('orders', order('HTTP-1'), { 'idempotency-key': 'k-1' });
    await post('orders', order('HTTP-1'));
    expect(again.status).toBe(202);
    await post('orders', order('HTTP-marker'));
    await expect.poll(() => stateOf('HTTP-marker'), poll).toBe('completed');
    expect((await call('sagas/HTTP-1')).body).toEqual(before);
  });

  it('that cannot be paid is compensated', async () => {
    await post('orders', order('poor-1'));
    await expect.poll(() => stateOf('poor-1'), poll).toBe('compensated');
    const { body } = await call('sagas/poor-1');
    expect(body['reason']).toMatchObject({ code: 'payment.declined' });
    expect(body['compensations']).toEqual([
      { step: 'reserve-stock', status: 'done' },
      { step: 'create-order', status: 'done' },
    ]);
  });

  it('that has completed is sent back when it is cancelled', async () => {
    const cancelled = await post('sagas/HTTP-1/cancel', { reason: 'wrong size' });
    expect(cancelled).toMatchObject({ status: 202, body: { outcome: 'returning' } });
    await expect.poll(() => stateOf('HTTP-1'), poll).toBe('compensated');
    const { body } = await call('sagas/HTTP-1');
    expect(body['reason']).toMatchObject({ code: 'saga.cancelled', detail: 'wrong size' });
    expect(body['compensations']).toHaveLength(7);
    // Each step was taken once and undone once, whatever was placed again before.
    expect(body['commands']).toHaveLength(14);
    const repeated = await post('sagas/HTTP-1/cancel', { reason: 'again' });
    expect(repeated.body['outcome']).toBe('recorded');
  });

  it('stands in the list of its state, page by page', async () => {
    const first = await call('sagas?state=compensated&pageSize=1');
    expect(first.body['sagas']).toMatchObject([{ sagaId: 'poor-1', state: 'compensated' }]);
    const next = String(first.body['continuation']);
    const second = await call(
      `sagas?state=compensated&pageSize=1&continuation=${encodeURIComponent(next)}`,
    );
    expect(second.body).toMatchObject({ sagas: [{ sagaId: 'HTTP-1' }], continuation: null });
  });
});

describe('the HTTP API', () => {
  it.each([
    ['sagas/nobody', undefined, 404],
    ['sagas?state=lost', undefined, 400],
    ['sagas?pageSize=0', undefined, 400],
    ['orders', { order_id: 'x' }, 422],
    ['sagas/HTTP-1/cancel', {}, 400],
  ])('answers %s with a problem that says what to do', async (path, body, status) => {
    const answer = body === undefined ? await call(path) : await post(path, body);
    expect(answer).toMatchObject({ status, type: 'application/problem+json', body: { status } });
    expect(answer.body['remedy']).toMatch(/\w/);
    expect(answer.body['type']).toMatch(/^urn:bronzeflow:problem:/);
  });

  it('describes itself', async () => {
    expect(await call('openapi.json')).toMatchObject({ status: 200, body: openApi });
  });
});
