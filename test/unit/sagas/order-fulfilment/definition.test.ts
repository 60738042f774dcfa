import { describe, expect, it } from 'vitest';
import { orderFulfilment } from '../../../../sagas/order-fulfilment/definition.ts';

const order = {
  order_id: 'SO-1',
  customer_id: 'C-1',
  order_total: 18.62,
  currency: 'BRL',
  items: [
    { item: 1, product_id: 'P-1', quantity: 2, price: 5, seller_id: 'X' },
    { product_id: 'P-2', price: 8.62 },
  ],
};
const lines = [
  { product_id: 'P-1', quantity: 2 },
  { product_id: 'P-2', quantity: 1 },
];

describe('order fulfilment', () => {
  it('is known by its order', () => {
    expect(orderFulfilment.idOf(order)).toBe('SO-1');
    expect(orderFulfilment.idOf({ order_id: '' })).toBeUndefined();
    expect(orderFulfilment.idOf({ order_id: 7 })).toBeUndefined();
  });

  it('takes what it needs from the event, and nothing of the customer', () => {
    const facts = { order_id: 'SO-1', amount: 18.62, currency: 'BRL', lines };
    expect(orderFulfilment.factsOf(order)).toEqual({ ok: true, value: facts });
  });

  it('takes an order without items', () => {
    const bare = { order_id: 'SO-1', order_total: 18.62, currency: 'BRL' };
    expect(orderFulfilment.factsOf(bare)).toMatchObject({ ok: true, value: { lines: [] } });
  });

  it.each([
    [{ ...order, order_id: undefined }, 'data.order_id is missing'],
    [{ ...order, order_total: '18.62' }, 'data.order_total is not an amount'],
    [{ ...order, order_total: -1 }, 'data.order_total is not an amount'],
    [{ ...order, currency: '' }, 'data.currency is missing'],
    [{ ...order, items: {} }, 'data.items is not a list'],
    [{ ...order, items: [null] }, 'data.items/0 is not a line'],
    [{ ...order, items: [{ price: 1 }] }, 'data.items/0 has no product_id'],
    [{ ...order, items: [{ product_id: 'P', quantity: 'two' }] }, 'data.items/0 has no quantity'],
  ])('refuses an order that cannot be fulfilled: %#', (data, problem) => {
    const json = JSON.parse(JSON.stringify(data)) as typeof order;
    expect(orderFulfilment.factsOf(json)).toEqual({ ok: false, problem });
  });

  it('tells each participant what concerns it', () => {
    const facts = orderFulfilment.factsOf(order);
    const told = orderFulfilment.steps.map(({ name, command }) => [
      name,
      Object.keys(command(facts.ok ? facts.value : {})),
    ]);
    expect(Object.fromEntries(told)).toEqual({
      'create-order': ['order_id', 'amount', 'currency', 'lines'],
      'reserve-stock': ['order_id', 'lines'],
      'charge-payment': ['order_id', 'amount', 'currency'],
      'pick-order': ['order_id', 'lines'],
      'pack-order': ['order_id'],
      'ship-order': ['order_id'],
      'complete-order': ['order_id'],
    });
  });
});
