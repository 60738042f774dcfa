import { toMicros } from '../kernel/time.ts';
import type { DeadLetterRecord } from '../ports/dead-letters.ts';
import type { Column, TableRow, TableSchema, Value } from '../ports/delta.ts';
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

/** The row of a dead letter. `sequenceNumber` is that of the message that a partition landed it from. */
export function deadLetterRow(record: DeadLetterRecord, sequenceNumber: number): TableRow {
  return {
    sequenceNumber,
    partitionDate: utcDate(record.deadLetteredAt),
    values: {
      ...specifiedColumns(record),
      error_code: record.code,
      violations: JSON.stringify(record.violations),
      stage: record.stage,
      origin: record.origin,
      sequence_number: BigInt(record.sequenceNumber),
      item_index: record.itemIndex,
      failure_group: record.failureGroup,
      delivery_count: record.deliveryCount,
      schema_version: record.schemaVersion,
      event_subject: record.subject,
      traceparent: record.traceparent,
      correlation_id: record.correlationId,
      causation_id: record.causationId,
      payload_encoding: record.payload.encoding,
      payload_size: BigInt(record.payload.sizeBytes),
    },
  };
}

function specifiedColumns(record: DeadLetterRecord): Record<string, Value> {
  return {
    dead_letter_id: record.id,
    original_event_id: record.eventId,
    event_source: record.source,
    event_type: record.type,
    event_time: record.eventTime,
    partition_id: record.partitionId,
    offset: record.offset,
    error_category: record.category,
    error_detail: record.violations.map(({ code, detail }) => `${code}: ${detail}`).join('; '),
    raw_payload: record.payload.content,
    dead_letter_timestamp: toMicros(record.deadLetteredAt),
    retry_count: record.retryCount,
    resolved: false,
    resolved_timestamp: null,
    resolved_by: null,
  };
}
