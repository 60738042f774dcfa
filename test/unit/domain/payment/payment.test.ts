import { describe, expect, it } from 'vitest';
import { chargesKept, payment } from '../../../../domain/payment/payment.ts';
import { doCommand, given, orderData, undoCommand } from '../../../support/commands.ts';

const participant = 'payment';
const charge = doCommand('charge-payment', { participant });
const refund = undoCommand('refund-payment', 'charge-payment', { participant });

describe('payment', () => {
  it.each([
    [18.62, '18.62'],
    [0.1 + 0.2, '0.30000000000000004'],
    [1e21, '1000000000000000000000'],
    ['1234567890123456789.10', '1234567890123456789.1'],
    [0, '0'],
  ])('charges %s exactly', (amount, exact) => {
    const data = { ...orderData, amount };
    const { own } = given(participant, [doCommand('charge-payment', { participant, data })]);
    expect(own.charges).toEqual([
      { id: 'chg-SO-1-1', orderId: 'SO-1', amount: exact, currency: 'BRL' },
    ]);
  });

  it('refunds what was charged, whatever the refund says the amount is', () => {
    const other = { ...refund, data: { ...orderData, amount: 1_000_000 } };
    const { own, outcomes } = given(participant, [charge, other]);
    const money = { amount: '18.6', currency: 'BRL' };
    expect(own.refunds).toEqual([{ id: 'ref-chg-SO-1-1', chargeId: 'chg-SO-1-1', ...money }]);
    expect(outcomes[1]).toEqual({ kind: 'done', data: { refund_id: 'ref-chg-SO-1-1', ...money } });
    expect(chargesKept(own)).toEqual([]);
  });

  it('has nothing to refund that is refunded, or was never charged, whoever asks', () => {
    const { undo } = payment.undos.get('refund-payment') ?? {};
    const { own } = given(participant, [charge, refund]);
    const unknown = { kind: 'refused', code: 'compensation.unknown' };
    expect(undo?.(own, { charge_id: 'chg-SO-1-1' })).toMatchObject(unknown);
    expect(undo?.(own, { charge_id: 'chg-SO-2-1' })).toMatchObject(unknown);
    expect(undo?.(own, {})).toMatchObject(unknown);
  });

  it.each([{ order_id: 'SO-1' }, { amount: 1, currency: 'BRL' }])(
    'refuses a charge of %j',
    (data) => {
      const { outcomes } = given(participant, [doCommand('charge-payment', { participant, data })]);
      expect(outcomes).toMatchObject([{ kind: 'refused', code: 'command.invalid' }]);
    },
  );
});
