import { randomUUID } from 'node:crypto';

/** A valid sales order event, to be bent by a test. */
export function salesOrder(overrides: Readonly<Record<string, unknown>> = {}): SalesOrder {
  const order = `SO-${randomUUID().slice(0, 8)}`;
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/erp/sap/sales-orders',
    type: 'com.acmemfg.erp.salesorder.created',
    datacontenttype: 'application/json',
    time: '2026-11-20T08:15:30.123456Z',
    subject: order,
    data: {
      order_id: order,
      customer_id: 'CUST-5678',
      order_total: 12500,
      currency: 'USD',
      line_count: 5,
    },
    ...overrides,
  };
}

export interface SalesOrder {
  readonly id: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}
