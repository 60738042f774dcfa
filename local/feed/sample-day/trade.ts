import { hourMs, timeAt, type Day, type DayEvent } from './day-event.ts';

const receiptCount = 40;
const customerCount = 50;
const names = [
  'Nordwerk GmbH',
  'Atelier Sud SARL',
  'Brightline Ltd',
  'Kovács Kft',
  'Øresund A/S',
] as const;

/** Goods that come in, and customers that come, change and go. */
export function tradeOf(day: Day): readonly DayEvent[] {
  return [
    ...Array.from({ length: receiptCount }, (_, index) => receiptEvent(day, index)),
    ...Array.from({ length: customerCount }, () => customerEvent(day)),
  ];
}

function receiptEvent(day: Day, index: number): DayEvent {
  const { chance } = day;
  const atMs = chance.whole(6 * hourMs, 16 * hourMs);
  const id = `GR-${timeAt(day, 0).slice(0, 10)}-${String(index + 1).padStart(3, '0')}`;
  return {
    name: 'erp.receipt.confirmed',
    source: '/erp/sap/goods-receipts',
    subject: id,
    via: 'hub',
    atMs,
    data: {
      receipt_id: id,
      purchase_order_id: `45000${chance.whole(10_000, 99_999)}`,
      supplier_id: `S-${chance.whole(100, 180)}`,
      received_at: timeAt(day, atMs),
      lines: Array.from({ length: chance.whole(1, 4) }, (_, line) => ({
        line: line + 1,
        material_id: `M-${chance.whole(8000, 8200)}`,
        quantity: chance.amount(1, 2_000),
        unit: chance.pick(['PC', 'KG', 'M']),
        lot_id: `LOT-${chance.whole(10_000, 99_999)}`,
      })),
    },
  };
}

function customerEvent(day: Day): DayEvent {
  const { chance } = day;
  const id = `CUST-${chance.whole(1000, 1900)}`;
  const action = chance.pick(['created', 'created', 'updated', 'updated', 'updated', 'deleted']);
  const data =
    action === 'deleted'
      ? { customer_id: id, reason: 'erasure requested' }
      : {
          customer_id: id,
          name: chance.pick(names),
          email: `orders@customer-${id.slice(5)}.example`,
          phone: `+49 30 ${chance.whole(100_000, 999_999)}`,
          address: { street: 'Werkstraße 7', city: 'Berlin', postal_code: '12459', country: 'DE' },
          segment: chance.pick(['key account', 'dealer', 'shop']),
        };
  return {
    name: `crm.customer.${action}`,
    source: '/crm/salesforce/customers',
    subject: id,
    via: 'hub',
    atMs: chance.whole(7 * hourMs, 18 * hourMs),
    data,
  };
}
