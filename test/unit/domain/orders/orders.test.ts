import { describe, expect, it } from 'vitest';
import { doCommand, given, orderData, undoCommand } from '../../../support/commands.ts';

const participant = 'orders';
const create = doCommand('create-order', { participant });
const cancel = undoCommand('cancel-order', 'create-order', { participant });
const complete = doCommand('complete-order', { participant });
const reopen = undoCommand('reopen-order', 'complete-order', { participant });

describe('the order book', () => {
  it('enters an order with its exact total and its lines', () => {
    const { own, outcomes } = given(participant, [create]);
    expect(outcomes).toEqual([{ kind: 'done', data: { order_id: 'SO-1' } }]);
    expect(own.orders.made).toEqual([
      {
        id: 'SO-1',
        total: { amount: '18.6', currency: 'BRL' },
        lines: [
          { productId: 'P-1', quantity: '2' },
          { productId: 'P-2', quantity: '0.5' },
        ],
      },
    ]);
  });

  it.each([
    { missing: 'order_id' },
    { missing: 'amount' },
    { missing: 'currency' },
    { missing: 'lines' },
  ])('refuses an order without $missing', ({ missing }) => {
    const data = Object.fromEntries(Object.entries(orderData).filter(([key]) => key !== missing));
    const { outcomes } = given(participant, [doCommand('create-order', { participant, data })]);
    expect(outcomes).toMatchObject([{ kind: 'refused', code: 'command.invalid' }]);
    expect(outcomes[0]).toMatchObject({ detail: expect.stringContaining(missing) as string });
  });

  it.each([
    { data: { ...orderData, amount: -1 } },
    { data: { ...orderData, amount: '1e3' } },
    { data: { ...orderData, currency: 'brl' } },
    { data: { ...orderData, lines: [{ product_id: 'P-1' }] } },
    { data: { ...orderData, lines: [{ product_id: 'P-1', quantity: -1 }] } },
    { data: { ...orderData, lines: [{ product_id: '', quantity: 1 }] } },
    { data: { ...orderData, lines: [null] } },
  ])('refuses what is no order: %j', ({ data }) => {
    const { outcomes } = given(participant, [doCommand('create-order', { participant, data })]);
    expect(outcomes).toMatchObject([{ kind: 'refused', code: 'command.invalid' }]);
  });

  it('refuses a second order of the same id under another command', () => {
    const other = { ...create, id: 'SO-1/other' };
    const { outcomes } = given(participant, [create, other]);
    expect(outcomes[1]).toMatchObject({ kind: 'refused', code: 'order.exists' });
  });

  it('cancels an order and keeps it in the book', () => {
    const { own } = given(participant, [create, cancel]);
    expect(own.orders.made).toHaveLength(1);
    expect(own.orders.undone).toEqual(['SO-1']);
  });

  it('completes an open order, and reopens it', () => {
    const { own, outcomes } = given(participant, [create, complete, reopen]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'done']);
    expect(own.completions).toEqual({ made: [{ id: 'cmp-SO-1-1' }], undone: ['cmp-SO-1-1'] });
  });

  it.each([
    { before: [], state: 'never created' },
    { before: [create, cancel], state: 'cancelled' },
  ])('does not complete an order that is $state', ({ before }) => {
    const { outcomes } = given(participant, [...before, complete]);
    expect(outcomes.at(-1)).toMatchObject({ kind: 'refused', code: 'order.not_open' });
  });

  it('does not complete an order without its id', () => {
    const nameless = doCommand('complete-order', { participant, data: {} });
    expect(given(participant, [nameless]).outcomes).toMatchObject([{ code: 'command.invalid' }]);
  });
});
