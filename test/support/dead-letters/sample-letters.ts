import { createHash } from 'node:crypto';
import { epochMicros, epochMs } from '../../../shared/kernel/time.ts';
import type { DeadLetterRecord } from '../../../shared/ports/dead-letters.ts';

/** When sample letters die, if nothing else is said. */
export const sampleInstant = Date.UTC(2026, 10, 20, 8);

/** The id of the sample letter of a name. */
export function letterId(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join('-');
}

/** A dead letter of a name of its own. */
export function sampleLetter(
  name: string,
  fields: Partial<DeadLetterRecord> = {},
): DeadLetterRecord {
  const type = fields.type === undefined ? 'com.acme.erp.order.created' : fields.type;
  const code = fields.code ?? 'schema.data.required:order_id';
  return {
    id: letterId(name),
    eventId: '5f0c1d9e-0000-4000-8000-000000000001',
    source: '/erp/düsseldorf',
    type,
    eventTime: epochMicros(1_795_161_600_123_456n),
    partitionId: '3',
    offset: '4096',
    category: 'schema',
    code,
    violations: [{ code, detail: 'order_id is required', pointer: '/data' }],
    payload: { encoding: 'utf8', content: '{"größe":1}', sizeBytes: 12 },
    deadLetteredAt: epochMs(sampleInstant),
    retryCount: 0,
    stage: 'validate',
    origin: 'events',
    sequenceNumber: 17,
    itemIndex: 0,
    failureGroup: `${type ?? 'unreadable'} ${code}`,
    deliveryCount: null,
    schemaVersion: '1',
    subject: null,
    traceparent: null,
    correlationId: null,
    causationId: null,
    contentType: 'application/cloudevents+json',
    sessionId: null,
    partitionKey: null,
    properties: '{}',
    ...fields,
  };
}
