import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import avro from 'avsc';
import {
  batchType,
  isRecord,
  structuredType,
  type FeedMessage,
  type PropertyValue,
} from '../feed-message.ts';
import { timeAt, type Day, type DayEvent } from './day-event.ts';

/** A CloudEvent whose `data` is still an object. */
export interface DayCloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: string;
  readonly data: object;
  readonly [extension: string]: unknown;
}

const organization = 'com.acmemfg';

/** The event with an identity and its place in the day. */
export function toCloudEvent(day: Day, event: DayEvent): DayCloudEvent {
  const { chance } = day;
  const trace = chance.uuid().replaceAll('-', '');
  return {
    specversion: '1.0',
    id: chance.uuid(),
    source: event.source,
    type: `${organization}.${event.name}`,
    subject: event.subject,
    time: timeAt(day, event.atMs),
    datacontenttype: 'application/json',
    traceparent: `00-${trace}-${trace.slice(0, 16)}-01`,
    ...(event.correlation !== undefined && { correlationid: event.correlation }),
    data: event.data,
  };
}

/** One event as one JSON object. */
export function encodeStructured(event: DayCloudEvent, to: FeedMessage['to']): FeedMessage {
  return { ...bare(event.subject, to), body: toBytes(event), contentType: structuredType };
}

/** Several events as one JSON array; they share a partition by the first one's subject. */
export function encodeBatch(events: readonly DayCloudEvent[]): FeedMessage {
  const subject = events[0]?.subject ?? '';
  return { ...bare(subject, 'hub'), body: toBytes(events), contentType: batchType };
}

/** Attributes as properties, `data` as JSON. */
export function encodeBinary(event: DayCloudEvent, to: FeedMessage['to']): FeedMessage {
  const { data, datacontenttype } = event;
  const properties = attributesOf(event);
  return {
    ...bare(event.subject, to),
    body: toBytes(data),
    contentType: datacontenttype,
    properties,
  };
}

/** Attributes as properties, `data` in Avro: readings alone have a schema for it. */
export function encodeAvro(event: DayCloudEvent): FeedMessage {
  const { recorded_at: recordedAt, ...rest } = { recorded_at: event.time, ...event.data };
  const micros = Date.parse(recordedAt) * 1_000;
  return {
    ...bare(event.subject, 'hub'),
    body: readingType().toBuffer({ ...rest, recorded_at: micros }),
    contentType: 'application/avro',
    properties: attributesOf(event),
  };
}

/** The catalogue's own schema, so that the sample cannot drift from it; read when first needed. */
const readingType = once(() => {
  const file = join(import.meta.dirname, '../../../schemas/iot/telemetry.created/v1.avsc');
  const schema: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isRecordSchema(schema)) throw new Error(`${file} is not the schema of a record`);
  return avro.Type.forSchema(schema);
});

function isRecordSchema(schema: unknown): schema is avro.schema.RecordType {
  return isRecord(schema) && schema['type'] === 'record';
}

function once<Value>(make: () => Value): () => Value {
  const made: Value[] = [];
  return () => {
    const value = made[0] ?? make();
    made[0] = value;
    return value;
  };
}

function bare(
  partitionKey: string,
  to: FeedMessage['to'],
): Omit<FeedMessage, 'body' | 'contentType'> {
  return { to, partitionKey, sessionId: undefined, properties: new Map() };
}

function attributesOf(event: DayCloudEvent): ReadonlyMap<string, PropertyValue> {
  const properties = new Map<string, PropertyValue>();
  for (const [name, value] of Object.entries(event)) {
    if (name === 'data' || name === 'datacontenttype') continue;
    properties.set(`cloudEvents:${name}`, String(value));
  }
  return properties;
}

function toBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
