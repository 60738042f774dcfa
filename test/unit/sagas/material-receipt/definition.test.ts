import { describe, expect, it } from 'vitest';
import { materialReceipt } from '../../../../sagas/material-receipt/definition.ts';

const receipt = {
  receipt_id: 'R-1',
  purchase_order_id: 'PO-1',
  lines: [{ line: 1, material_id: 'M-1', quantity: 2.5, unit: 'kg' }],
};

describe('material receipt', () => {
  it('has an id that no order has', () => {
    expect(materialReceipt.idOf(receipt)).toBe('receipt-R-1');
    expect(materialReceipt.idOf({})).toBeUndefined();
  });

  it('takes what was received from the event', () => {
    expect(materialReceipt.factsOf(receipt)).toEqual({
      ok: true,
      value: {
        receipt_id: 'R-1',
        purchase_order_id: 'PO-1',
        lines: [{ material_id: 'M-1', quantity: 2.5 }],
      },
    });
  });

  it.each([
    [{ ...receipt, receipt_id: '' }, 'data.receipt_id is missing'],
    [{ ...receipt, purchase_order_id: '' }, 'data.purchase_order_id is missing'],
    [{ receipt_id: 'R-1', purchase_order_id: 'PO-1' }, 'data.lines is not a list'],
    [{ ...receipt, lines: [{ material_id: 'M-1' }] }, 'data.lines/0 has no quantity'],
  ])('refuses a receipt that says too little: %#', (data, problem) => {
    expect(materialReceipt.factsOf(data)).toEqual({ ok: false, problem });
  });
});
