import { membersAt } from '../../shared/kernel/json-text.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import {
  batchType,
  isPropertyValue,
  isRecord,
  quote,
  structuredType,
  type PropertyValue,
} from './feed-message.ts';

/** The members of `$send`, with their text where its spelling matters. */
export interface Directive {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Text of `event` as it stands in the feed. */
  readonly eventText: string | undefined;
  /** Texts of the items of `events`. */
  readonly eventTexts: readonly string[] | undefined;
}

/** What a mode makes of a directive. */
export interface Content {
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  readonly properties: ReadonlyMap<string, PropertyValue>;
}

/** An event in one piece, spelled as in the feed. */
export function encodeStructured(directive: Directive): Result<Content, string> {
  return withBody(directive, directive.eventText ?? '', structuredType);
}

/** Several events in one message, each spelled as in the feed. */
export function encodeBatch(directive: Directive): Result<Content, string> {
  const { fields, eventTexts } = directive;
  if ('events' in fields && eventTexts === undefined) return fail('"events" must be an array');
  return withBody(directive, `[${eventTexts?.join(',') ?? ''}]`, batchType);
}

/** Any bytes, of which nothing is claimed. */
export function encodeRaw(directive: Directive): Result<Content, string> {
  return withBody(directive, '', undefined);
}

function withBody(
  { fields }: Directive,
  text: string,
  contentType: string | undefined,
): Result<Content, string> {
  const given = bodyOf(fields);
  if (!given.ok) return given;
  const body = given.value ?? new TextEncoder().encode(text);
  return succeed({ body, contentType, properties: new Map() });
}

/** The bytes that a directive gives itself. */
function bodyOf(fields: Readonly<Record<string, unknown>>): Result<Uint8Array | undefined, string> {
  const { bodyText, bodyBase64 } = {
    bodyText: fields['bodyText'],
    bodyBase64: fields['bodyBase64'],
  };
  if (typeof bodyText === 'string') return succeed(new TextEncoder().encode(bodyText));
  if (typeof bodyBase64 !== 'string') return succeed(undefined);
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(
    bodyBase64,
  );
  return isBase64
    ? succeed(new Uint8Array(Buffer.from(bodyBase64, 'base64')))
    : fail('"bodyBase64" is not base64');
}

/**
 * Attributes as properties, `data` as the body with its spelling, or the body that the directive
 * gives. Source: CloudEvents AMQP binding 1.0, 3.1.
 */
export function encodeBinary({ fields, eventText }: Directive): Result<Content, string> {
  const { event = {} } = fields;
  if (!isRecord(event)) return fail('"event" must be an object in mode "binary"');
  const properties = attributesOf(event);
  if (!properties.ok) return properties;
  const given = bodyOf(fields);
  if (!given.ok) return given;
  const { datacontenttype: type } = event;
  return succeed({
    body: given.value ?? dataOf(event, eventText ?? '{}'),
    contentType: typeof type === 'string' ? type : undefined,
    properties: properties.value,
  });
}

/** Members that are no property: the body, and what AMQP has a field of its own for. */
const noProperty = new Set(['data', 'data_base64', 'datacontenttype']);

function attributesOf(
  event: Readonly<Record<string, unknown>>,
): Result<ReadonlyMap<string, PropertyValue>, string> {
  const properties = new Map<string, PropertyValue>();
  for (const [name, value] of Object.entries(event)) {
    if (noProperty.has(name) || value === null) continue;
    if (!isPropertyValue(value)) return fail(`attribute ${quote(name)} cannot be a property`);
    properties.set(`cloudEvents:${name}`, value);
  }
  return succeed(properties);
}

function dataOf(event: Readonly<Record<string, unknown>>, text: string): Uint8Array {
  const { data, data_base64: base64 } = { data: undefined, data_base64: undefined, ...event };
  if (typeof base64 === 'string') return new Uint8Array(Buffer.from(base64, 'base64'));
  const isText = typeof data === 'string' && !isJson(event['datacontenttype']);
  if (isText) return new TextEncoder().encode(data);
  const member = membersAt(text, text.indexOf('{')).findLast(({ name }) => name === 'data');
  const spelled = member === undefined ? '' : text.slice(member.start, member.end);
  return new TextEncoder().encode(spelled);
}

function isJson(contentType: unknown): boolean {
  return typeof contentType !== 'string' || /[/+]json\s*(;|$)/i.test(contentType);
}
