import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { epochMs } from '../../../shared/kernel/time.ts';
import type { HubMessage } from '../../../shared/ports/hub.ts';

/** A message around a body; the parts that an event reader does not look at are constant. */
export function messageOf(
  body: string | Uint8Array,
  parts: Partial<Pick<HubMessage, 'contentType' | 'properties'>> = {},
): HubMessage {
  return {
    sequenceNumber: 0,
    offset: '0',
    enqueuedAt: epochMs(0),
    contentType: parts.contentType,
    properties: parts.properties ?? new Map(),
    body: typeof body === 'string' ? Buffer.from(body) : body,
  };
}

/** The sample envelope of ISL-05, section 3.1, as it is printed there. */
export const sampleText = `{
  "specversion": "1.0",
  "id": "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
  "source": "/erp/sap/sales-orders",
  "type": "com.client.erp.salesorder.created",
  "datacontenttype": "application/json",
  "time": "2025-06-15T14:32:01.456Z",
  "subject": "SO-2025-001234",
  "data": {
    "order_id": "SO-2025-001234",
    "customer_id": "CUST-5678",
    "order_total": 12500.00,
    "currency": "USD",
    "line_count": 5
  }
}`;

const sample = JSON.parse(sampleText) as Record<string, unknown>;

/** The sample with members replaced; `undefined` takes one away. */
export function sampleWith(changes: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...sample, ...changes });
}

/** The sample in binary mode, attributes under a prefix. */
export function binarySample(
  prefix: string,
  changes: Readonly<Record<string, unknown>> = {},
): HubMessage {
  const { datacontenttype, data, ...attributes } = { ...sample, ...changes };
  const set = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const properties = new Map(set.map(([name, value]) => [`${prefix}${name}`, value]));
  const contentType = typeof datacontenttype === 'string' ? datacontenttype : undefined;
  const body = typeof data === 'string' ? data : JSON.stringify(data);
  return messageOf(body, { contentType, properties });
}

/** Events in the form of a real marketplace's orders, all values invented. */
export function marketplaceLines(): readonly string[] {
  const path = join(import.meta.dirname, '../../fixtures/marketplace-orders.ndjson');
  return readFileSync(path, 'utf8').split('\n').filter(Boolean);
}
