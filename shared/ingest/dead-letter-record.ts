import { propertiesText } from '../kernel/properties-text.ts';
import type { DeadLetterPayload, DeadLetterRecord } from '../ports/dead-letters.ts';
import type { CarriedDeadLetter, EventColumns, Rejection } from '../ports/events.ts';
import { deadLetterId } from './dead-letter-id.ts';
import type { LandingItem } from './landing-item.ts';

/** What of an item makes its dead letter: why, and the payload as it is kept. */
export interface Death {
  readonly rejection: Rejection;
  readonly payload: DeadLetterPayload;
}

/**
 * The record of a dead letter. Like an event's row it follows from the message and the plan alone,
 * so that whoever lands a planned dead letter writes the same. One that died elsewhere and was only
 * carried here is described as it was there.
 */
export function deadLetterRecord(item: LandingItem, death: Death): DeadLetterRecord {
  const { deadLetter: carried, columns } = item;
  const { category, violations } = death.rejection;
  const { code } = violations[0];
  return {
    id: deadLetterIdOf(item),
    ...eventPart(columns),
    category,
    code,
    violations,
    payload: death.payload,
    itemIndex: item.index,
    failureGroup: `${columns.event_type ?? 'unreadable'} ${code}`,
    ...(carried === undefined ? rejectedPart(item, code) : carriedPart(carried)),
  };
}

/** The id of the dead letter that the item becomes. */
export function deadLetterIdOf({ author, message, index, deadLetter }: LandingItem): string {
  return deadLetterId({
    author: deadLetter?.author ?? author,
    sequenceNumber: deadLetter?.sequenceNumber ?? message.sequenceNumber,
    index,
  });
}

function eventPart(columns: EventColumns) {
  return {
    eventId: columns.event_id,
    source: columns.event_source,
    type: columns.event_type,
    eventTime: columns.event_time,
    schemaVersion: columns.schema_version,
    subject: columns.event_subject,
    traceparent: columns.traceparent,
    correlationId: columns.correlation_id,
    causationId: columns.causation_id,
  };
}

/** Of an item that the Bronze consumer itself rejects. */
function rejectedPart({ message, partitionId, origin, plannedAt }: LandingItem, code: string) {
  return {
    partitionId,
    offset: message.offset,
    deadLetteredAt: plannedAt,
    retryCount: 0,
    stage: stageOf(code),
    origin,
    sequenceNumber: message.sequenceNumber,
    // A hub does not count deliveries.
    deliveryCount: null,
    contentType: message.contentType ?? null,
    sessionId: null,
    partitionKey: null,
    properties: propertiesText(message.properties),
  };
}

function carriedPart(carried: CarriedDeadLetter) {
  const { partitionId, offset, deadLetteredAt, stage, origin, sequenceNumber } = carried;
  const { deliveryCount, contentType, sessionId, partitionKey, properties } = carried;
  const { retryCount = Math.max(0, (deliveryCount ?? 1) - 1) } = carried;
  return {
    ...{ partitionId, offset, deadLetteredAt, stage, origin, sequenceNumber },
    ...{ deliveryCount, contentType, sessionId, partitionKey, properties },
    retryCount,
  };
}

/** Codes that say that there is no envelope to validate. */
const decodeCodes = /^(bytes|json|batch|mode|deadletter)\./;

function stageOf(code: string): string {
  if (code.startsWith('idempotency.')) return 'claim';
  return decodeCodes.test(code) ? 'decode' : 'validate';
}
