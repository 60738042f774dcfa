import { describe, expect, it } from 'vitest';
import { decideOrder, readOrderCommand } from '../../../../domain/orders/order-command.ts';

describe('readOrderCommand', () => {
  it('takes the order from the data and the name from the type, without the organisation', () => {
    expect(
      readOrderCommand('com.acme.erp.salesorder.created', { order_id: 'SO-1', total: 1 }),
    ).toEqual({ ok: true, value: { orderId: 'SO-1', name: 'erp.salesorder.created' } });
  });

  it.each([undefined, null, 'text', {}, { order_id: '' }, { order_id: 7 }])(
    'refuses data without an order: %j',
    (data) => {
      expect(readOrderCommand('com.acme.erp.salesorder.created', data)).toMatchObject({
        ok: false,
      });
    },
  );
});

describe('decideOrder', () => {
  it('answers a copy of a command alike', () => {
    const command = { orderId: 'SO-1', name: 'erp.salesorder.created' };
    expect(decideOrder(command)).toEqual(decideOrder({ ...command }));
    expect(decideOrder(command)).toEqual({
      orderId: 'SO-1',
      outcome: 'accepted',
      command: 'erp.salesorder.created',
    });
  });
});
