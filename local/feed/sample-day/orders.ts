import { hourMs, later, timeAt, type Day, type DayEvent } from './day-event.ts';

const products = ['P-1001', 'P-1002', 'P-1003', 'P-2040', 'P-2041', 'P-3300', 'P-7710'] as const;
const carriers = ['DHL', 'DB Schenker', 'UPS'] as const;
const orderCount = 170;
const erp = '/erp/sap/sales-orders';
const warehouse = '/wms/manhattan/outbound';

interface Order {
  readonly id: string;
  readonly atMs: number;
  readonly currency: string;
  readonly lines: readonly {
    readonly product_id: string;
    readonly quantity: number;
    readonly price: number;
  }[];
  readonly total: number;
}

/** Customer orders from entry to the carrier; most go through, some are changed, some fail. */
export function ordersOf(day: Day): readonly DayEvent[] {
  return Array.from({ length: orderCount }, (_, index) =>
    orderEvents(day, placeOrder(day, index)),
  ).flat();
}

function placeOrder({ chance, midnightMs }: Day, index: number): Order {
  const date = new Date(midnightMs).toISOString().slice(0, 10).replaceAll('-', '');
  const lines = Array.from({ length: chance.whole(1, 5) }, () => ({
    product_id: chance.pick(products),
    quantity: chance.whole(1, 40),
    price: chance.amount(4, 900),
  }));
  return {
    id: `SO-${date}-${String(index + 1).padStart(4, '0')}`,
    atMs: chance.whole(6 * hourMs, 19 * hourMs),
    currency: chance.pick(['EUR', 'EUR', 'USD', 'GBP']),
    lines,
    total: Math.round(lines.reduce((sum, line) => sum + line.price * line.quantity, 0) * 100) / 100,
  };
}

function orderEvents(day: Day, order: Order): readonly DayEvent[] {
  const { chance } = day;
  const created = createdEvent(day, order);
  if (chance.happens(0.03)) return [created, failedEvent(day, order)];
  const changed = chance.happens(0.2) ? [changedEvent(day, order)] : [];
  return [created, ...changed, ...fulfilment(day, order)];
}

/** What most events of an order have in common. */
function ofOrder(order: Order, name: string, source: string): Omit<DayEvent, 'atMs' | 'data'> {
  return { name, source, subject: order.id, correlation: order.id, via: 'hub' };
}

function createdEvent(day: Day, order: Order): DayEvent {
  const delivery = new Date(day.midnightMs + day.chance.whole(2, 9) * 24 * hourMs);
  return {
    ...ofOrder(order, 'erp.salesorder.created', erp),
    via: 'servicebus',
    atMs: order.atMs,
    data: {
      order_id: order.id,
      customer_id: `CUST-${day.chance.whole(1000, 1900)}`,
      order_total: order.total,
      currency: order.currency,
      line_count: order.lines.length,
      estimated_delivery: delivery.toISOString().slice(0, 10),
      items: order.lines.map((line, index) => ({ item: index + 1, ...line })),
    },
  };
}

function changedEvent(day: Day, order: Order): DayEvent {
  return {
    ...ofOrder(order, 'erp.salesorder.updated', erp),
    atMs: later(day, order.atMs, [5, 60]),
    data: {
      order_id: order.id,
      status: 'changed',
      order_total: order.total,
      currency: order.currency,
      line_count: order.lines.length,
      changed_fields: ['delivery_address'],
    },
  };
}

function failedEvent(day: Day, order: Order): DayEvent {
  const reason = day.chance.pick(['canceled by customer', 'credit check failed', 'not available']);
  return {
    ...ofOrder(order, 'erp.salesorder.failed', erp),
    atMs: later(day, order.atMs, [10, 120]),
    data: { order_id: order.id, reason },
  };
}

function fulfilment(day: Day, order: Order): readonly DayEvent[] {
  const { chance } = day;
  const paidAt = later(day, order.atMs, [1, 30]);
  const pickedAt = later(day, paidAt, [30, 180]);
  const packedAt = later(day, pickedAt, [10, 45]);
  const lines = order.lines.map(({ product_id, quantity }) => ({ product_id, quantity }));
  const parcels = chance.whole(1, 3);
  return [
    paymentEvent(day, order, paidAt),
    {
      ...ofOrder(order, 'wms.stock.reserved', warehouse),
      atMs: later(day, paidAt, [1, 5]),
      data: { order_id: order.id, reservation_id: `R-${order.id}`, lines },
    },
    {
      ...ofOrder(order, 'wms.pick.completed', warehouse),
      atMs: pickedAt,
      data: { order_id: order.id, lines, completed_at: timeAt(day, pickedAt) },
    },
    {
      ...ofOrder(order, 'wms.pack.completed', warehouse),
      atMs: packedAt,
      data: { order_id: order.id, parcels, completed_at: timeAt(day, packedAt) },
    },
    {
      ...ofOrder(order, 'wms.shipment.created', '/wms/manhattan/shipments'),
      atMs: later(day, packedAt, [20, 240]),
      data: {
        order_id: order.id,
        shipment_id: `SH-${order.id}`,
        parcels,
        carrier: chance.pick(carriers),
        tracking_number: String(chance.whole(10 ** 11, 10 ** 12 - 1)),
      },
    },
  ];
}

function paymentEvent(day: Day, order: Order, atMs: number): DayEvent {
  const method = day.chance.pick(['credit_card', 'sepa_debit', 'invoice']);
  return {
    ...ofOrder(order, 'erp.payment.completed', '/erp/sap/payments'),
    atMs,
    data: {
      order_id: order.id,
      currency: order.currency,
      payments: [{ sequence: 1, method, installments: 1, amount: order.total }],
    },
  };
}
