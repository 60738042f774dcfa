import { toMicros } from '../kernel/time.ts';
import type { DeadLetterRecord } from '../ports/dead-letters.ts';
import type { Column, TableRow, TableSchema, Value } from '../ports/delta.ts';
import type { ResolutionChange, ResolvedLetter } from '../ports/resolutions.ts';
import { utcDate } from './utc-date.ts';

export const deadLetterTable = 'brz_event_dead_letter';

const text = (name: string): Column => ({ name, type: 'string' });
const longText = (name: string): Column => ({ name, type: 'string', bounds: false });
const timestamp = (name: string): Column => ({ name, type: 'timestamp' });
const integer = (name: string): Column => ({ name, type: 'integer' });
const long = (name: string): Column => ({ name, type: 'long' });

/**
 * The 15 columns of the specification in its order and type (S0-34), then the context, then what
 * tells the newest row of a dead letter. Columns are only ever added, at the end.
 */
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
    integer('resolution_number'),
    text('resolution_state'),
    longText('resolution_reason'),
    timestamp('payload_purged_timestamp'),
  ],
  partitionColumn: 'dead_letter_date',
};

/** The row of a dead letter. `sequenceNumber` is that of the message that a partition landed it from. */
export function deadLetterRow(record: DeadLetterRecord, sequenceNumber: number): TableRow {
  const { encoding, content, sizeBytes } = record.payload;
  return {
    sequenceNumber,
    partitionDate: utcDate(record.deadLetteredAt),
    values: {
      ...specifiedColumns(record, content),
      resolved: false,
      resolved_timestamp: null,
      resolved_by: null,
      ...contextColumns(record),
      payload_encoding: encoding,
      payload_size: BigInt(sizeBytes),
      resolution_number: 0,
      resolution_state: 'open',
      resolution_reason: null,
      payload_purged_timestamp: null,
    },
  };
}

/**
 * The row of a change of resolution, in the partition of the dead letter's own row, which alone has
 * the payload.
 */
export function resolutionRow(change: ResolutionChange, sequenceNumber: number): TableRow {
  const { letter, number, resolution, payloadPurgedAt } = change;
  const { state, at, by, why } = resolution;
  return {
    sequenceNumber,
    partitionDate: utcDate(letter.deadLetteredAt),
    values: {
      ...specifiedColumns(letter, null),
      resolved: state !== 'open',
      resolved_timestamp: at === undefined ? null : toMicros(at),
      resolved_by: orNull(by),
      ...contextColumns(letter),
      payload_encoding: null,
      payload_size: null,
      resolution_number: number,
      resolution_state: state,
      resolution_reason: orNull(why),
      payload_purged_timestamp: payloadPurgedAt === undefined ? null : toMicros(payloadPurgedAt),
    },
  };
}

function specifiedColumns(letter: ResolvedLetter, payload: string | null): Record<string, Value> {
  return {
    dead_letter_id: letter.id,
    original_event_id: letter.eventId,
    event_source: letter.source,
    event_type: letter.type,
    event_time: letter.eventTime,
    partition_id: letter.partitionId,
    offset: letter.offset,
    error_category: letter.category,
    error_detail: letter.violations.map(({ code, detail }) => `${code}: ${detail}`).join('; '),
    raw_payload: payload,
    dead_letter_timestamp: toMicros(letter.deadLetteredAt),
    retry_count: letter.retryCount,
  };
}

function contextColumns(letter: ResolvedLetter): Record<string, Value> {
  return {
    error_code: letter.code,
    violations: JSON.stringify(letter.violations),
    stage: letter.stage,
    origin: letter.origin,
    sequence_number: BigInt(letter.sequenceNumber),
    item_index: letter.itemIndex,
    failure_group: letter.failureGroup,
    delivery_count: letter.deliveryCount,
    schema_version: letter.schemaVersion,
    event_subject: letter.subject,
    traceparent: letter.traceparent,
    correlation_id: letter.correlationId,
    causation_id: letter.causationId,
  };
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
