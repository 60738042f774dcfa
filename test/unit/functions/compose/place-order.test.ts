import { describe, expect, it } from 'vitest';
import { placeOrder } from '../../../../functions/compose/place-order.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { OutgoingEvent } from '../../../../shared/ports/bus.ts';
import { readerWith } from '../../../support/events/readers.ts';

const reader = readerWith();

function openDesk() {
  const published: OutgoingEvent[] = [];
  let ids = 0;
  const desk = {
    reader,
    publisher: {
      publish: (event: OutgoingEvent) => {
        published.push(event);
        return Promise.resolve();
      },
    },
    clock: { now: () => epochMs(Date.UTC(2026, 10, 21, 8)) },
    newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
  };
  return {
    published,
    place: (body: string, idempotencyKey?: string) =>
      placeOrder(desk, { body, idempotencyKey, traceparent: undefined }),
  };
}

const order = '{"order_id":"SO/1","customer_id":"C-1","order_total":12.50,"currency":"USD"}';

describe('placeOrder', () => {
  it('publishes the event that an ERP system would send, with the data as the caller spelled it', async () => {
    const { place, published } = openDesk();
    const placed = await place(order);
    expect(placed).toMatchObject({ ok: true, value: { orderId: 'SO/1', sagaId: 'SO=2F1' } });
    const text = new TextDecoder().decode(published[0]?.body);
    expect(text).toContain(`"data":${order}`);
    expect(JSON.parse(text)).toMatchObject({
      ...{ specversion: '1.0', type: 'com.bronzeflow.erp.salesorder.created', subject: 'SO/1' },
      ...{ source: '/bronzeflow/api/orders', time: '2026-11-21T08:00:00.000Z' },
    });
    expect(published[0]?.key).toBe('SO/1');
  });

  it('makes the same event of the same Idempotency-Key, and another of another', async () => {
    const { place, published } = openDesk();
    await place(order, 'a');
    await place(order, 'a');
    await place(order, 'b');
    const [first, again, other] = published.map(({ id }) => id);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(first).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it.each([
    ['no JSON', 400, 'body-unreadable'],
    ['[]', 400, 'body-unreadable'],
    ['{"customer_id":"C-1"}', 422, 'order-invalid'],
    [order.replace('12.50', '-1'), 422, 'order-invalid'],
    [order.replace('SO/1', 'x'.repeat(91)), 422, 'order-id-unusable'],
    [order.replace('C-1', 'x'.repeat(300_000)), 413, 'order-too-large'],
    [`${order.slice(0, -1)},"data":{},"specversion":"0.3"} , "id":"x"`, 400, 'body-unreadable'],
  ])('publishes nothing of what is no order: %#', async (body, status, code) => {
    const { place, published } = openDesk();
    const placed = await place(body);
    expect(placed).toMatchObject({ ok: false, problem: { status, code } });
    expect(placed.ok ? '' : placed.problem.remedy).not.toBe('');
    expect(published).toEqual([]);
  });

  it('names every violation with its place', async () => {
    const placed = await openDesk().place('{"order_id":"1","order_total":"x"}');
    const codes = placed.ok ? [] : placed.problem.violations?.map(({ code }) => code);
    expect(codes).toEqual(
      expect.arrayContaining(['schema.data.required:customer_id', 'schema.data.type:/order_total']),
    );
  });
});
