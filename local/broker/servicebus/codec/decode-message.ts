import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import {
  durationMs,
  epochMs,
  type DurationMs,
  type EpochMs,
} from '../../../../shared/kernel/time.ts';
import {
  batchMessageFormat,
  dataOf,
  headerOf,
  isNull,
  mapSectionOf,
  propertiesOf,
  splitMessage,
  unwrap,
  type RawMessage,
  type Typed,
} from '../../amqp/index.ts';
import type { Message, SystemProperties } from '../state/message.ts';
import { annotations, plainEntry } from './annotations.ts';
import { toProperties, toPropertyValue } from './property-values.ts';

/** Gives a message an id that came without: the client's lock renewal needs one. */
export interface MessageIdSource {
  newId(): string;
}

/** Decodes what one transfer carries: a message, or in a batch several. Problem: why it does not. */
export function decodeTransfer(
  transfer: { readonly format: number; readonly payload: Buffer },
  ids: MessageIdSource,
): Result<readonly Message[], string> {
  if (transfer.format !== batchMessageFormat) {
    const message = decodeMessage(transfer.payload, ids);
    return message.ok ? succeed([message.value]) : message;
  }
  const envelope = splitMessage(transfer.payload);
  if (!envelope.ok) return envelope;
  const messages: Message[] = [];
  for (const item of dataOf(envelope.value)) {
    const message = decodeMessage(item, ids);
    if (!message.ok) return message;
    messages.push(message.value);
  }
  return succeed(messages);
}

/** Decodes one message. Problem: why the bytes are none. */
export function decodeMessage(bytes: Buffer, ids: MessageIdSource): Result<Message, string> {
  const raw = splitMessage(bytes);
  if (!raw.ok) return raw;
  if (raw.value.length === 0) return fail('a message without sections is no message');
  const system = readSystem(raw.value, ids);
  const properties = toProperties(mapSectionOf(raw.value, 'application-properties'));
  return succeed({
    system,
    properties,
    timeToLive: readTimeToLive(raw.value),
    scheduledAt: readScheduledAt(raw.value),
    arrived: { raw: raw.value, system: { ...system, messageId: givenId(raw.value) }, properties },
  });
}

/** The id that the producer gave; empty if it gave none. */
function givenId(raw: RawMessage): string {
  return text(propertiesOf(raw).get('messageId')) ?? '';
}

function readSystem(raw: RawMessage, ids: MessageIdSource): SystemProperties {
  const fields = propertiesOf(raw);
  const partitionKey = mapSectionOf(raw, 'message-annotations').get(annotations.partitionKey);
  return {
    messageId: givenId(raw) || ids.newId(),
    correlationId: text(fields.get('correlationId')),
    to: text(fields.get('to')),
    replyTo: text(fields.get('replyTo')),
    subject: text(fields.get('subject')),
    sessionId: text(fields.get('groupId')),
    replyToSessionId: text(fields.get('replyToGroupId')),
    contentType: text(fields.get('contentType')),
    partitionKey: text(partitionKey),
  };
}

function readTimeToLive(raw: RawMessage): DurationMs | undefined {
  const ttl = headerOf(raw).get('ttl');
  const value = ttl === undefined ? undefined : unwrap(ttl);
  const isDuration = typeof value === 'number' && Number.isInteger(value) && value >= 0;
  return isDuration ? durationMs(value) : undefined;
}

function readScheduledAt(raw: RawMessage): EpochMs | undefined {
  const value = plainEntry(mapSectionOf(raw, 'message-annotations'), annotations.scheduledAt);
  const instant = value instanceof Date ? value.getTime() : NaN;
  return Number.isNaN(instant) ? undefined : epochMs(instant);
}

/** Text, or an id of another type as text. */
function text(field: Typed | undefined): string | undefined {
  if (field === undefined || isNull(field)) return undefined;
  const value = toPropertyValue(field);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value === null ? undefined : String(value);
}
