import type { EventColumns } from '../ports/events.ts';
import type { EpochMicros } from '../kernel/time.ts';
import { maxLengths, textOf } from './attributes.ts';
import type { ContextAttribute } from './attributes.ts';
import type { DecodedEvent, Extension } from './decoded-event.ts';

/** What the columns take from elsewhere than the attributes. */
export interface ColumnParts {
  readonly time: EpochMicros | null;
  readonly version: string | null;
  /** Personal values replaced. */
  readonly data: string | null;
}

/** The columns of an event, right or wrong: what could be read. */
export function columnsOf(event: DecodedEvent, parts: ColumnParts): EventColumns {
  const { attributes } = event;
  return {
    event_id: textColumn(event, 'id'),
    event_source: textColumn(event, 'source'),
    event_type: textColumn(event, 'type'),
    event_subject: textColumn(event, 'subject'),
    event_time: parts.time,
    schema_version: parts.version,
    datacontenttype: textColumn(event, 'datacontenttype'),
    traceparent: textOf(attributes.traceparent),
    correlation_id: textOf(attributes.correlationid),
    causation_id: textOf(attributes.causationid),
    data: parts.data,
    extensions: extensionsText(event.extensions),
  };
}

/** The columns of bytes that are no event. */
export const emptyColumns: EventColumns = {
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

/** Only a rejected event has a longer value than is allowed; its payload keeps the whole of it. */
function textColumn(event: DecodedEvent, name: ContextAttribute): string | null {
  const text = textOf(event.attributes[name]);
  return text === null || text.length <= maxLengths[name] ? text : text.slice(0, maxLengths[name]);
}

function extensionsText(extensions: readonly Extension[]): string {
  if (extensions.length === 0) return '{}';
  const members = extensions.map(({ name, text }) => `${JSON.stringify(name)}:${text}`);
  return `{${members.join(',')}}`;
}
