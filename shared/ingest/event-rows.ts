import { toMicros } from '../kernel/time.ts';
import type { Column, TableRow, TableSchema } from '../ports/delta.ts';
import type { EventColumns } from '../ports/events.ts';
import type { LandingItem } from './landing-item.ts';
import { utcDate, utcDateOfMicros } from './utc-date.ts';

const text = (name: string): Column => ({ name, type: 'string' });
const longText = (name: string): Column => ({ name, type: 'string', bounds: false });

/** Every `brz_event_{domain}_{type}` table. */
export const eventTableSchema: TableSchema = {
  columns: [
    text('event_id'),
    text('event_source'),
    text('event_type'),
    text('event_subject'),
    { name: 'event_time', type: 'timestamp' },
    text('schema_version'),
    text('datacontenttype'),
    text('traceparent'),
    text('correlation_id'),
    text('causation_id'),
    longText('data'),
    longText('extensions'),
    { name: 'ingested_at', type: 'timestamp' },
    text('origin'),
    text('partition_id'),
    { name: 'sequence_number', type: 'long' },
    text('offset'),
    { name: 'item_index', type: 'integer' },
  ],
  partitionColumn: 'event_date',
};

/** The columns of an event of which nothing could be read. */
export const noColumns: EventColumns = {
  event_id: null,
  event_source: null,
  event_type: null,
  event_subject: null,
  event_time: null,
  schema_version: null,
  datacontenttype: null,
  traceparent: null,
  correlation_id: null,
  causation_id: null,
  data: null,
  extensions: '{}',
};

/**
 * The row of a landed event. All of it follows from the message and the plan, so that whoever lands
 * a planned event writes the same row. `ingested_at` is the instant of the plan.
 */
export function eventRow(item: LandingItem): TableRow {
  const { columns, message, origin, index, partitionId, plannedAt } = item;
  return {
    sequenceNumber: message.sequenceNumber,
    partitionDate: utcDateOfMicros(columns.event_time) ?? utcDate(plannedAt),
    values: {
      ...columns,
      ingested_at: toMicros(plannedAt),
      origin,
      partition_id: partitionId,
      sequence_number: BigInt(message.sequenceNumber),
      offset: message.offset,
      item_index: index,
    },
  };
}
