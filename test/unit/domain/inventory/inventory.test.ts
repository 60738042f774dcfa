import { describe, expect, it } from 'vitest';
import { standing } from '../../../../domain/bookings.ts';
import { doCommand, given, receiptData, undoCommand } from '../../../support/commands.ts';

const participant = 'inventory';
const ofReceipt = { participant, data: receiptData } as const;
const reserve = doCommand('reserve-stock', { participant });
const release = undoCommand('release-stock', 'reserve-stock', { participant });
const receiveStock = doCommand('receive-stock', ofReceipt);
const withdraw = undoCommand('withdraw-stock', 'receive-stock', ofReceipt);
const clear = doCommand('clear-stock', ofReceipt);
const block = undoCommand('block-stock', 'clear-stock', ofReceipt);

describe('inventory', () => {
  it('reserves the lines of an order and releases them', () => {
    const reserved = given(participant, [reserve]);
    expect(reserved.outcomes).toEqual([{ kind: 'done', data: { reservation_id: 'res-SO-1-1' } }]);
    expect(standing(reserved.own.reservations)).toEqual([
      {
        id: 'res-SO-1-1',
        orderId: 'SO-1',
        lines: [
          { productId: 'P-1', quantity: '2' },
          { productId: 'P-2', quantity: '0.5' },
        ],
      },
    ]);
    expect(standing(given(participant, [reserve, release]).own.reservations)).toEqual([]);
  });

  it('reserves nothing for an order without lines, which is a reservation as well', () => {
    const data = { order_id: 'SO-1', lines: [] };
    const { own } = given(participant, [doCommand('reserve-stock', { participant, data })]);
    expect(standing(own.reservations)).toMatchObject([{ lines: [] }]);
  });

  it('receives, clears, blocks and withdraws the goods of a receipt', () => {
    const { own, outcomes } = given(participant, [receiveStock, clear, block, withdraw]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'done', 'done']);
    expect(own.receipts.made).toMatchObject([
      { receiptId: 'R-1', lines: [{ productId: 'M-1', quantity: '40' }] },
    ]);
    expect(own.receipts.undone).toEqual(['rcv-R-1-1']);
    expect(own.clearances.undone).toEqual(['clr-R-1-1']);
  });

  it.each([
    { before: [], state: 'never came' },
    { before: [receiveStock, withdraw], state: 'were withdrawn' },
  ])('does not clear goods that $state', ({ before }) => {
    const { outcomes } = given(participant, [...before, clear]);
    expect(outcomes.at(-1)).toMatchObject({ kind: 'refused', code: 'stock.not_received' });
  });

  it.each(['reserve-stock', 'receive-stock', 'clear-stock'])(
    'refuses %s without its business data',
    (name) => {
      const { outcomes } = given(participant, [doCommand(name, { participant, data: {} })]);
      expect(outcomes).toMatchObject([{ kind: 'refused', code: 'command.invalid' }]);
    },
  );

  it.each([
    { name: 'reserve-stock', data: { order_id: 'SO-1', lines: {} } },
    { name: 'receive-stock', data: { receipt_id: 'R-1', lines: 'none' } },
  ])('refuses $name with lines that are no list', ({ name, data }) => {
    const { outcomes } = given(participant, [doCommand(name, { participant, data })]);
    expect(outcomes).toMatchObject([{ kind: 'refused', code: 'command.invalid' }]);
  });
});
