import { encodeSection, listSectionOf, type RawMessage, type Section } from './message.ts';
import { isNull, typedNull, unwrap, wrapList, type PlainValue, type Typed } from './typed.ts';

/** The fields of the properties section by position. Source: AMQP 1.0 part 3, 3.2.4. */
const propertyNames = [
  'messageId',
  'userId',
  'to',
  'subject',
  'replyTo',
  'correlationId',
  'contentType',
  'contentEncoding',
  'absoluteExpiryTime',
  'creationTime',
  'groupId',
  'groupSequence',
  'replyToGroupId',
] as const;

export type PropertyName = (typeof propertyNames)[number];

/** The properties that a message has, with their encoding: a message id may be text, number, uuid. */
export type Properties = ReadonlyMap<PropertyName, Typed>;

/** The fields of the header section by position. Source: AMQP 1.0 part 3, 3.2.1. */
const headerNames = ['durable', 'priority', 'ttl', 'firstAcquirer', 'deliveryCount'] as const;

type HeaderName = (typeof headerNames)[number];

/** `ttl` is in milliseconds. */
export type Header = ReadonlyMap<HeaderName, Typed>;

export function propertiesOf(message: RawMessage): Properties {
  return fieldsOf(listSectionOf(message, 'properties'), propertyNames);
}

export function propertiesSection(properties: Properties): Section {
  return encodeSection('properties', wrapFields(properties, propertyNames));
}

export function headerOf(message: RawMessage): Header {
  return fieldsOf(listSectionOf(message, 'header'), headerNames);
}

export function headerSection(header: Header): Section {
  return encodeSection('header', wrapFields(header, headerNames));
}

/** A property without its encoding, or undefined if the message has none. */
export function plainProperty(properties: Properties, name: PropertyName): PlainValue | undefined {
  const typed = properties.get(name);
  return typed === undefined ? undefined : unwrap(typed);
}

function fieldsOf<Name>(items: readonly Typed[], names: readonly Name[]): ReadonlyMap<Name, Typed> {
  const fields = new Map<Name, Typed>();
  for (const [index, name] of names.entries()) {
    const item = items[index];
    if (item !== undefined && !isNull(item)) fields.set(name, item);
  }
  return fields;
}

function wrapFields<Name>(fields: ReadonlyMap<Name, Typed>, names: readonly Name[]): Typed {
  return wrapList(names.map((name) => fields.get(name) ?? typedNull));
}
