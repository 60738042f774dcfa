import { itemsAt, membersAt, type JsonText, type Span } from '../../shared/kernel/json-text.ts';
import { skipSpace } from '../../shared/kernel/json-text-scan.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import {
  encodeBatch,
  encodeBinary,
  encodeRaw,
  encodeStructured,
  type Content,
  type Directive,
} from './directive-modes.ts';
import {
  isPropertyValue,
  isRecord,
  quote,
  subjectOf,
  type FeedMessage,
  type PropertyValue,
} from './feed-message.ts';

const known = new Set([
  'to',
  'mode',
  'partitionKey',
  'sessionId',
  'event',
  'events',
  'bodyText',
  'bodyBase64',
  'properties',
]);

const modes: ReadonlyMap<unknown, (directive: Directive) => Result<Content, string>> = new Map([
  ['structured', encodeStructured],
  ['binary', encodeBinary],
  ['batch', encodeBatch],
  ['raw', encodeRaw],
]);

/** Which members say what is sent in which mode; a given body is sent whatever it is. */
const contents: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['structured', ['event', 'bodyText', 'bodyBase64']],
  ['binary', ['event', 'bodyText', 'bodyBase64']],
  ['batch', ['events', 'bodyText', 'bodyBase64']],
  ['raw', ['bodyText', 'bodyBase64']],
]);

/** Reads a line whose only member is `$send`. */
export function parseDirective(json: JsonText): Result<FeedMessage, string> {
  const fields = isRecord(json.value) ? json.value['$send'] : undefined;
  const span = json.members[0];
  if (!isRecord(fields) || span === undefined) return fail('"$send" must be an object');
  const problem = findProblem(fields);
  if (problem !== undefined) return fail(problem);
  return encode({ fields, ...textsOf(json.text, span) });
}

function encode(directive: Directive): Result<FeedMessage, string> {
  const { mode, properties } = { mode: undefined, properties: undefined, ...directive.fields };
  const encodeBody = modes.get(mode);
  if (encodeBody === undefined) return fail('"mode" is missing');
  const content = encodeBody(directive);
  if (!content.ok) return content;
  const own = propertiesOf(properties);
  return own.ok ? succeed(messageOf(directive, content.value, own.value)) : own;
}

function messageOf(
  { fields }: Directive,
  content: Content,
  own: ReadonlyMap<string, PropertyValue>,
): FeedMessage {
  const properties = new Map([...content.properties, ...own]);
  // The name of an AMQP property; as an application property nobody would look at it.
  const named = properties.get('content-type');
  properties.delete('content-type');
  return {
    to: fields['to'] === 'servicebus' ? 'servicebus' : 'hub',
    body: content.body,
    contentType: named === undefined ? content.contentType : String(named),
    properties,
    partitionKey: textOr(fields['partitionKey']) ?? defaultKey(fields),
    sessionId: textOr(fields['sessionId']),
  };
}

/** On a hub, events of one subject keep their order; Service Bus limits the length of a key. */
function defaultKey({ to, event }: Readonly<Record<string, unknown>>): string | undefined {
  return to === 'hub' ? subjectOf(event) : undefined;
}

function findProblem(fields: Readonly<Record<string, unknown>>): string | undefined {
  const unknown = Object.keys(fields).find((name) => !known.has(name));
  if (unknown !== undefined) return `unknown member ${quote(unknown)} of "$send"`;
  const { to, mode } = fields;
  if (to !== 'hub' && to !== 'servicebus') {
    return `"to" must be "hub" or "servicebus", not ${quote(to)}`;
  }
  const allowed = contents.get(mode);
  if (allowed === undefined) {
    return `"mode" must be "structured", "binary", "batch" or "raw", not ${quote(mode)}`;
  }
  return findContentProblem(fields, allowed) ?? findTextProblem(fields);
}

function findContentProblem(
  fields: Readonly<Record<string, unknown>>,
  allowed: readonly string[],
): string | undefined {
  const mode = `mode ${quote(fields['mode'])}`;
  const given = ['event', 'events', 'bodyText', 'bodyBase64'].filter((name) => name in fields);
  const misplaced = given.find((name) => !allowed.includes(name));
  if (misplaced !== undefined) return `${mode} takes no ${quote(misplaced)}`;
  if (given.length === 0) return `${mode} needs ${allowed.map(quote).join(' or ')}`;
  // In binary mode the event's attributes may go with another body.
  const isBinary = fields['mode'] === 'binary';
  const alone = isBinary ? given.filter((name) => name !== 'event') : given;
  return alone.length > 1 ? `${alone.map(quote).join(' and ')} exclude each other` : undefined;
}

function findTextProblem(fields: Readonly<Record<string, unknown>>): string | undefined {
  const texts = ['partitionKey', 'sessionId', 'bodyText', 'bodyBase64'];
  const wrong = texts.find((name) => name in fields && typeof fields[name] !== 'string');
  if (wrong !== undefined) return `${quote(wrong)} must be a string`;
  if (fields['sessionId'] !== undefined && fields['to'] === 'hub') {
    return '"sessionId" is for "servicebus"; a hub has none';
  }
  return undefined;
}

/** `event` and `events` keep their spelling: numbers, key order, white space. */
function textsOf(text: string, span: Span): Pick<Directive, 'eventText' | 'eventTexts'> {
  const members = membersAt(text, skipSpace(text, span.start));
  const spanOf = (name: string): Span | undefined =>
    members.findLast((member) => member.name === name);
  const event = spanOf('event');
  const events = spanOf('events');
  const isArray = events !== undefined && text[events.start] === '[';
  return {
    eventText: event && text.slice(event.start, event.end),
    eventTexts: isArray
      ? itemsAt(text, events.start).map(({ start, end }) => text.slice(start, end))
      : undefined,
  };
}

function propertiesOf(value: unknown): Result<ReadonlyMap<string, PropertyValue>, string> {
  if (value === undefined) return succeed(new Map());
  if (!isRecord(value)) return fail('"properties" must be an object');
  const properties = new Map<string, PropertyValue>();
  for (const [name, property] of Object.entries(value)) {
    if (!isPropertyValue(property)) {
      return fail(`property ${quote(name)} must be a string, a number or a boolean`);
    }
    properties.set(name, property);
  }
  return succeed(properties);
}

function textOr(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
