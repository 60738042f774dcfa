import { isUtf8 } from 'node:buffer';
import { parseJson } from '../../kernel/json-text.ts';
import { fail, succeed, type Result } from '../../kernel/result.ts';
import type { ReplayContent } from '../../ports/replays.ts';
import { applyPatch, type PatchOperation } from './json-patch.ts';
import { parseObject } from './parse-object.ts';
import type { Refusal } from './replay-outcome.ts';

/** An event in any of its modes. */
type Message = Pick<ReplayContent, 'contentType' | 'properties' | 'body'>;

/**
 * The event after a patch, in structured mode. Its identity stays: consumers know their copies by it.
 * Whether it is valid now is for its consumer to say.
 */
export function editEvent(
  message: Message,
  patch: readonly PatchOperation[],
): Result<Message, Refusal> {
  const text = structuredText(message);
  if (text === undefined) return fail(notJson);
  const patched = applyPatch(text, patch);
  if (!patched.ok) return fail({ code: 'replay.patch_failed', detail: patched.problem });
  const changed = identityNames.find(
    (name) =>
      identityOf(text, name) !== undefined &&
      identityOf(text, name) !== identityOf(patched.value, name),
  );
  if (changed !== undefined) {
    const detail = `The patch changes ${changed}, by which consumers know copies of the event.`;
    return fail({ code: 'replay.identity_changed', detail });
  }
  return succeed({
    contentType: 'application/cloudevents+json',
    properties: new Map([...message.properties].filter(([name]) => nameOf(name) === undefined)),
    body: Buffer.from(patched.value, 'utf8'),
  });
}

const identityNames = ['id', 'source'] as const;

/** An attribute that could be read: a text. */
function identityOf(text: string, name: string): string | undefined {
  const value = parseObject(text)?.get(name);
  return typeof value === 'string' ? value : undefined;
}

const notJson: Refusal = {
  code: 'replay.not_json',
  detail: 'The event is no JSON object, so no JSON Patch can be applied to it.',
};

/** The JSON object of the event, to the letter when it was sent as one. */
function structuredText({ contentType, properties, body }: Message): string | undefined {
  const isBinary =
    !/^application\/cloudevents/i.test(contentType ?? '') &&
    [...properties.keys()].some((name) => nameOf(name) !== undefined);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (isBinary) return fromBinary({ contentType, properties }, bytes);
  const text = isUtf8(bytes) ? bytes.toString('utf8').replace(/^\ufeff/, '') : undefined;
  return text !== undefined && parseObject(text) !== undefined ? text : undefined;
}

/** Deeper data is no event that any consumer takes. */
const maxDepth = 64;

/** Source: CloudEvents AMQP binding 1.0, 3.1, and JSON format 1.0, 3.1. */
function fromBinary(
  { contentType, properties }: Pick<Message, 'contentType' | 'properties'>,
  body: Buffer,
): string {
  const members = [...properties].flatMap(([property, value]) => {
    const name = nameOf(property);
    return name === undefined
      ? []
      : [`${JSON.stringify(name)}:${(JSON.stringify(value) as string | undefined) ?? 'null'}`];
  });
  if (contentType !== undefined) members.push(`"datacontenttype":${JSON.stringify(contentType)}`);
  if (body.length > 0) members.push(dataMember(contentType, body));
  return `{${members.join(',')}}`;
}

function dataMember(contentType: string | undefined, body: Buffer): string {
  const isJson = contentType === undefined || /[/+]json\b/i.test(contentType);
  const text = isJson && isUtf8(body) ? body.toString('utf8') : undefined;
  if (text !== undefined && parseJson(text, maxDepth).ok) return `"data":${text}`;
  return `"data_base64":"${body.toString('base64')}"`;
}

/** The attribute that a property carries. Source: CloudEvents AMQP binding 1.0, 3.1.3.1. */
function nameOf(property: string): string | undefined {
  return /^(?:cloudEvents[:_]|ce-)(.+)$/.exec(property)?.[1];
}
