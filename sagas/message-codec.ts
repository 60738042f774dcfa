import type { Command, ParticipantName, Reply, ReplyOutcome } from '../domain/messages.ts';
import { participantNames } from '../domain/messages.ts';
import { parseJson } from '../shared/kernel/json-text.ts';
import type { JsonObject, JsonValue } from '../shared/kernel/json-value.ts';
import { fail, succeed, type Result } from '../shared/kernel/result.ts';
import { isSagaId } from '../shared/kernel/saga-id.ts';
import { epochMs } from '../shared/kernel/time.ts';
import type { OutgoingMessage } from '../shared/ports/bus.ts';

/*
 * Commands and replies as CloudEvents 1.0 in structured JSON: type
 * `com.bronzeflow.{participant}.{command}.requested` or `.replied`, subject and correlation id are
 * the saga's. What a message says beyond that is in extension attributes: `replyto`, `attempt`,
 * `notafter` (of a step) or `undoes` (of a compensation), `causationid` (of a reply).
 */

/** A command for its participant's queue. */
export function encodeCommand(command: Command): OutgoingMessage {
  const { kind, id, name, participant, attempt, data } = command;
  const event = {
    ...attributesOf(command, `${participant}.${name}.requested`),
    source: '/sagas',
    id,
    attempt,
    ...(kind === 'do'
      ? { notafter: new Date(command.notAfter).toISOString() }
      : { undoes: command.undoes }),
    data,
  };
  return toMessage(event, command);
}

/** Reads a command. Total: any bytes give a command, or say why they are none. */
export function decodeCommand(body: Uint8Array): Result<Command, string> {
  const event = readEvent(body, 'requested');
  if (!event.ok) return event;
  const { attributes, data, base } = event.value;
  const [attempt, undoes] = [attributes['attempt'], attributes['undoes']];
  if (!isCount(attempt)) return fail('attempt is no whole number from 1 on');
  const command = { ...base, attempt, data };
  if (isKey(undoes)) return succeed({ ...command, kind: 'undo', undoes });
  const notAfter = epochMs(instantOf(attributes['notafter']));
  return Number.isNaN(notAfter)
    ? fail('there is neither notafter, an instant, nor undoes, the id of a command')
    : succeed({ ...command, kind: 'do', notAfter });
}

/** A reply for the queue of replies. */
export function encodeReply(reply: Reply): OutgoingMessage {
  const { id, commandId, commandName, participant, outcome } = reply;
  const event = {
    ...attributesOf(reply, `${participant}.${commandName}.replied`),
    source: `/participants/${participant}`,
    id,
    causationid: commandId,
    data: outcome,
  };
  return toMessage(event, reply);
}

/** Reads a reply. Total: any bytes give a reply, or say why they are none. */
export function decodeReply(body: Uint8Array): Result<Reply, string> {
  const event = readEvent(body, 'replied');
  if (!event.ok) return event;
  const { attributes, data, base } = event.value;
  const commandId = attributes['causationid'];
  const outcome = outcomeOf(data);
  if (!isKey(commandId)) return fail('causationid is not the id of a command');
  if (outcome === undefined) return fail('data is no outcome of a command');
  const { name: commandName, ...rest } = base;
  return succeed({ ...rest, commandId, commandName, outcome });
}

function attributesOf(message: Command | Reply, type: string) {
  const { sagaId, replyTo, traceparent } = message;
  return {
    specversion: '1.0',
    type: `com.bronzeflow.${type}`,
    subject: sagaId,
    correlationid: sagaId,
    datacontenttype: 'application/json',
    // An attribute is never empty.
    ...(replyTo !== '' && { replyto: replyTo }),
    ...(traceparent !== undefined && { traceparent }),
  };
}

function toMessage(
  event: { readonly id: string; readonly type: string },
  { sagaId, traceparent }: Command | Reply,
): OutgoingMessage {
  return {
    // The broker takes 128 characters. The end of an id tells more than its beginning, and the whole
    // of it is in the event: nothing is recognised by the id of the message.
    messageId: event.id.slice(-128),
    sessionId: sagaId,
    contentType: 'application/cloudevents+json; charset=utf-8',
    subject: event.type,
    correlationId: sagaId,
    properties: traceparent === undefined ? {} : { traceparent },
    body: new TextEncoder().encode(JSON.stringify(event)),
  };
}

interface ReadEvent {
  readonly attributes: JsonObject;
  readonly data: JsonObject;
  readonly base: {
    readonly id: string;
    readonly name: string;
    readonly participant: ParticipantName;
    readonly sagaId: string;
    readonly replyTo: string;
    readonly traceparent?: string;
  };
}

function readEvent(body: Uint8Array, suffix: 'requested' | 'replied'): Result<ReadEvent, string> {
  const attributes = parseObject(body);
  if (attributes === undefined) return fail('the message is no JSON object in UTF-8');
  const { id, subject, data } = attributes;
  const type = typeOf(attributes, suffix);
  if (type === undefined) return fail(`the message is no CloudEvent that is ${suffix}`);
  if (!isKey(id)) return fail('id is missing');
  if (!isKey(subject) || !isSagaId(subject)) return fail('subject is not the id of a saga');
  if (!isObject(data)) return fail('data is no object');
  const base = { id, ...type, sagaId: subject, ...optionalOf(attributes) };
  return succeed({ attributes, data, base });
}

/** What a message may go without; what is no text counts as absent. */
function optionalOf({ replyto, traceparent }: JsonObject) {
  return {
    replyTo: typeof replyto === 'string' ? replyto : '',
    ...(typeof traceparent === 'string' && { traceparent }),
  };
}

/** Deep nesting would overflow the stack of whoever walks through it. */
const maxDepth = 64;

function parseObject(body: Uint8Array): JsonObject | undefined {
  const parsed = parseJson(textOf(body), maxDepth);
  const value = parsed.ok ? (parsed.json.value as JsonValue) : undefined;
  return isObject(value) ? withoutPrototype(value) : undefined;
}

/** Bytes that are no UTF-8 give the empty text, which is no JSON. */
function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return '';
  }
}

/** So that no attribute can be mistaken for a member of the prototype. */
function withoutPrototype(value: JsonObject): JsonObject {
  return Object.assign(Object.create(null) as object, value);
}

function typeOf(attributes: JsonObject, suffix: string) {
  const { specversion, type } = attributes;
  const match = specversion === '1.0' && typeof type === 'string' && typeForm.exec(type);
  if (!match || match[3] !== suffix) return undefined;
  const [, participant, name = ''] = match;
  const known = participantNames.find((candidate) => candidate === participant);
  return known && { participant: known, name };
}

const typeForm = /^com\.bronzeflow\.([a-z]+)\.([a-z0-9-]{1,60})\.([a-z]+)$/;

function outcomeOf(data: JsonObject): ReplyOutcome | undefined {
  const { kind, code, detail, data: answer } = withoutPrototype(data);
  if (kind === 'done') return isObject(answer) ? { kind, data: answer } : undefined;
  const isRefusal = kind === 'refused' && typeof code === 'string' && typeof detail === 'string';
  return isRefusal ? { kind, code, detail } : undefined;
}

/** An id that can be kept: every one of ours is far shorter. */
function isKey(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 500;
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

function instantOf(value: JsonValue | undefined): number {
  const isInstant = typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
  return isInstant ? Date.parse(value) : Number.NaN;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
