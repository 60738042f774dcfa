import type { EpochMs } from '../../../../shared/kernel/time.ts';
import {
  annotationsSection,
  applicationPropertiesSection,
  encodeSection,
  headerOf,
  headerSection,
  joinMessage,
  mapSectionOf,
  propertiesOf,
  propertiesSection,
  replaceSections,
  wrapBinary,
  wrapInt,
  wrapLong,
  wrapString,
  wrapSymbol,
  wrapTimestamp,
  wrapUint,
  type PropertyName,
  type Section,
  type SectionKind,
  type Typed,
} from '../../amqp/index.ts';
import type { Message, MessageState, StoredMessage, SystemProperties } from '../state/message.ts';
import { annotations, brokerAnnotations } from './annotations.ts';
import { encodeProperties } from './property-values.ts';

const stateCodes: Readonly<Record<MessageState, number>> = { active: 0, deferred: 1, scheduled: 2 };

/** The greatest time to live that a header can say, in milliseconds. */
const maxHeaderTtl = 0xffffffff;

type SystemField = Exclude<keyof SystemProperties, 'partitionKey'>;

const fieldNames: ReadonlyMap<SystemField, PropertyName> = new Map<SystemField, PropertyName>([
  ['messageId', 'messageId'],
  ['correlationId', 'correlationId'],
  ['to', 'to'],
  ['replyTo', 'replyTo'],
  ['subject', 'subject'],
  ['sessionId', 'groupId'],
  ['replyToSessionId', 'replyToGroupId'],
  ['contentType', 'contentType'],
]);

export interface EncodeOptions {
  /** End of the peek-lock, if it is delivered under one. */
  readonly lockedUntil?: EpochMs | undefined;
  readonly omitBody?: boolean;
}

/**
 * Encodes a message for a receiver: header and annotations are the broker's, the other sections are
 * the producer's bytes unless a rule or a settlement changed them.
 */
export function encodeMessage(stored: StoredMessage, options: EncodeOptions = {}): Buffer {
  const { message } = stored;
  const { raw } = message.arrived;
  const replaced = new Map<SectionKind, readonly Section[]>([
    ['header', [encodeHeader(stored)]],
    ['delivery-annotations', []],
    ['message-annotations', [encodeAnnotations(stored, options.lockedUntil)]],
  ]);
  if (changedFields(message).length > 0) replaced.set('properties', [encodeSystem(message)]);
  if (message.properties !== message.arrived.properties) {
    const section = applicationPropertiesSection(encodeProperties(message.properties));
    replaced.set('application-properties', [section]);
  }
  if (options.omitBody === true) {
    replaced.set('data', [encodeSection('data', wrapBinary(Buffer.alloc(0)))]);
    replaced.set('sequence', []).set('value', []);
  }
  return joinMessage(replaceSections(raw, replaced));
}

function encodeHeader({ message, deliveryCount }: StoredMessage): Section {
  const header = new Map(headerOf(message.arrived.raw));
  header.set('deliveryCount', wrapUint(deliveryCount));
  if (message.timeToLive !== undefined) {
    header.set('ttl', wrapUint(Math.min(message.timeToLive, maxHeaderTtl)));
  }
  return headerSection(header);
}

function encodeAnnotations(stored: StoredMessage, lockedUntil: EpochMs | undefined): Section {
  const entries = new Map<string, Typed>();
  for (const [name, value] of mapSectionOf(stored.message.arrived.raw, 'message-annotations')) {
    if (!brokerAnnotations.has(name)) entries.set(name, value);
  }
  const { partitionKey } = stored.message.system;
  if (partitionKey === undefined) entries.delete(annotations.partitionKey);
  else entries.set(annotations.partitionKey, wrapString(partitionKey));
  entries.set(annotations.sequenceNumber, wrapLong(stored.sequenceNumber));
  entries.set(annotations.enqueuedSequenceNumber, wrapLong(stored.enqueuedSequenceNumber));
  entries.set(annotations.enqueuedAt, wrapTimestamp(stored.enqueuedAt));
  entries.set(annotations.messageState, wrapInt(stateCodes[stored.state]));
  if (lockedUntil !== undefined) entries.set(annotations.lockedUntil, wrapTimestamp(lockedUntil));
  if (stored.deadLetterSource !== undefined) {
    entries.set(annotations.deadLetterSource, wrapString(stored.deadLetterSource));
  }
  return annotationsSection('message-annotations', entries);
}

function changedFields({
  system,
  arrived,
}: Message): readonly (readonly [SystemField, PropertyName])[] {
  return [...fieldNames].filter(([field]) => system[field] !== arrived.system[field]);
}

/** Replaces the fields that changed; the others keep their encoding. */
function encodeSystem(message: Message): Section {
  const fields = new Map(propertiesOf(message.arrived.raw));
  for (const [field, name] of changedFields(message)) {
    const value = message.system[field];
    if (value === undefined) fields.delete(name);
    else fields.set(name, field === 'contentType' ? wrapSymbol(value) : wrapString(value));
  }
  return propertiesSection(fields);
}
