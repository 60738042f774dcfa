import { toMicros } from '../kernel/time.ts';
import type { Column, TableRow, TableSchema, Value } from '../ports/delta.ts';
import type { EventColumns, Rejection } from '../ports/events.ts';
import { deadLetterId } from './dead-letter-id.ts';
import type { LandingItem } from './landing-item.ts';
import type { StoredPayload } from './stored-payload.ts';
import { utcDate } from './utc-date.ts';

export const deadLetterTable = 'brz_event_dead_letter';

const text = (name: string): Column => ({ name, type: 'string' });
const longText = (name: string): Column => ({ name, type: 'string', bounds: false });
const timestamp = (name: string): Column => ({ name, type: 'timestamp' });
const integer = (name: string): Column => ({ name, type: 'integer' });
const long = (name: string): Column => ({ name, type: 'long' });

/** The 15 columns of the specification in its order and type (S0-34), then the context. */
export const deadLetterSchema: TableSchema = {
  columns: [
    text('dead_letter_id'),
    text('original_event_id'),
    text('event_source'),
    text('event_type'),
    timestamp('event_time'),
    text('partition_id'),
    text('offset'),
    text('error_category'),
    longText('error_detail'),
    longText('raw_payload'),
    timestamp('dead_letter_timestamp'),
    integer('retry_count'),
    { name: 'resolved', type: 'boolean' },
    timestamp('resolved_timestamp'),
    text('resolved_by'),
    text('error_code'),
    longText('violations'),
    text('stage'),
    text('origin'),
    long('sequence_number'),
    integer('item_index'),
    text('failure_group'),
    integer('delivery_count'),
    text('schema_version'),
    text('event_subject'),
    text('traceparent'),
    text('correlation_id'),
    text('causation_id'),
    text('payload_encoding'),
    long('payload_size'),
  ],
  partitionColumn: 'dead_letter_date',
};

/** The row of a rejected item; like an event's row it follows from the message and the plan alone. */
export function deadLetterRow(
  item: LandingItem,
  rejection: Rejection,
  payload: StoredPayload,
): TableRow {
  return {
    sequenceNumber: item.message.sequenceNumber,
    partitionDate: utcDate(item.plannedAt),
    values: {
      ...recordColumns(item, rejection, payload),
      ...failureColumns(item, rejection),
      ...contextColumns(item.columns),
      payload_encoding: payload.encoding,
      payload_size: BigInt(payload.sizeBytes),
    },
  };
}

/** The id of the dead letter that the item becomes. */
export function deadLetterIdOf({ author, message, index }: LandingItem): string {
  return deadLetterId({ author, sequenceNumber: message.sequenceNumber, index });
}

function recordColumns(
  item: LandingItem,
  { category, violations }: Rejection,
  payload: StoredPayload,
): Record<string, Value> {
  const { columns, message, partitionId, plannedAt } = item;
  return {
    dead_letter_id: deadLetterIdOf(item),
    original_event_id: columns.event_id,
    event_source: columns.event_source,
    event_type: columns.event_type,
    event_time: columns.event_time,
    partition_id: partitionId,
    offset: message.offset,
    error_category: category,
    error_detail: violations.map(({ code, detail }) => `${code}: ${detail}`).join('; '),
    raw_payload: payload.content,
    dead_letter_timestamp: toMicros(plannedAt),
    retry_count: 0,
    resolved: false,
    resolved_timestamp: null,
    resolved_by: null,
  };
}

function failureColumns(
  { columns, message, origin, index }: LandingItem,
  { violations }: Rejection,
): Record<string, Value> {
  const { code } = violations[0];
  return {
    error_code: code,
    violations: JSON.stringify(violations),
    stage: code.startsWith('idempotency.') ? 'claim' : 'validate',
    origin,
    sequence_number: BigInt(message.sequenceNumber),
    item_index: index,
    failure_group: `${columns.event_type ?? 'unreadable'} ${code}`,
    // A hub does not count deliveries.
    delivery_count: null,
  };
}

function contextColumns(columns: EventColumns): Record<string, Value> {
  return {
    schema_version: columns.schema_version,
    event_subject: columns.event_subject,
    traceparent: columns.traceparent,
    correlation_id: columns.correlation_id,
    causation_id: columns.causation_id,
  };
}
