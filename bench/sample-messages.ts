import { randomInt, randomUUID } from 'node:crypto';
import { epochMs } from '../shared/kernel/time.ts';
import type { HubMessage } from '../shared/ports/hub.ts';

const code = (prefix: string): string => `${prefix}-${randomUUID()}`;
const text = (words: number): string => Array.from({ length: words }, () => randomUUID()).join(' ');

/**
 * Seven event types with data of high entropy: repeated values would flatter the Parquet writer.
 * None of them starts a saga, so that landing alone is measured.
 */
const types: readonly (readonly [type: string, source: string, data: () => object])[] = [
  [
    'erp.salesorder.updated',
    '/erp/sap/sales-orders',
    () => ({
      order_id: code('SO'),
      customer_id: code('CUST'),
      order_total: randomInt(1e6) / 100,
      currency: 'USD',
    }),
  ],
  [
    'erp.productionorder.status_changed',
    '/erp/sap/production-orders',
    () => ({ production_order_id: code('PO'), status: 'released', note: text(8) }),
  ],
  [
    'quality.inspection.hold_created',
    '/quality/lims/inspections',
    () => ({ hold_id: code('QH'), lot_id: code('LOT'), reason: text(5) }),
  ],
  [
    'iot.machine.alarm_triggered',
    '/iot/gateway/machines',
    () => ({ machine_id: code('M'), alarm_code: code('A'), severity: 'critical', note: text(5) }),
  ],
  [
    'erp.bom.component_changed',
    '/erp/sap/boms',
    () => ({ bom_id: code('BOM'), component_id: code('C'), change: 'added', note: text(7) }),
  ],
  [
    'mes.shift.completed',
    '/mes/plant/shifts',
    () => ({
      shift_id: code('S'),
      plant: code('P'),
      ended_at: '2026-11-20T14:00:00Z',
      note: text(9),
    }),
  ],
  [
    'wms.stock.reserved',
    '/wms/manhattan/stock',
    () => ({
      order_id: code('SO'),
      reservation_id: code('R'),
      lines: [
        { product_id: code('MAT'), quantity: randomInt(1e6) / 1000 },
        { product_id: code('MAT'), quantity: randomInt(1e6) / 1000 },
      ],
    }),
  ],
];

/** A structured event of the n-th type. */
export function sampleEvent(place: number): Buffer {
  const [type, source, data] = types[place % types.length] ?? ['', '', () => ({})];
  return Buffer.from(
    JSON.stringify({
      specversion: '1.0',
      id: randomUUID(),
      source,
      type: `com.acmemfg.${type}`,
      datacontenttype: 'application/json',
      time: '2026-11-20T08:15:30.123456Z',
      subject: code('subject'),
      correlationid: randomUUID(),
      data: data(),
    }),
  );
}

/** Messages as the hub delivers them, all of one day, of seven types in turn. */
export function sampleMessages(count: number, first = 0): readonly HubMessage[] {
  return Array.from({ length: count }, (_, place) => ({
    sequenceNumber: first + place,
    offset: String((first + place) * 1_000),
    enqueuedAt: epochMs(Date.UTC(2026, 10, 20)),
    contentType: 'application/cloudevents+json',
    properties: new Map(),
    body: sampleEvent(place),
  }));
}
