import type { JsonText, Member } from '../kernel/json-text.ts';
import type { Violation } from '../ports/events.ts';
import { attributeOf, isExtension } from './attributes.ts';
import type { Attributes } from './attributes.ts';
import { readContent, unreadable } from './content.ts';
import type { DataReading } from './content.ts';
import type { Decoded, Extension } from './decoded-event.ts';
import { decodeBase64, readJson } from './json-bytes.ts';
import { show, violation } from './rejection-codes.ts';

/** Reads one event in the JSON format. Source: CloudEvents JSON format 1.0. */
export function decodeStructured(text: string, maxDepth: number): Decoded {
  const read = readJson(text, maxDepth);
  if (!read.ok) return { ok: false, violation: violation(read.code) };
  const envelope = read.value;
  if (!isObject(envelope.value)) return { ok: false, violation: violation('json.not_object') };
  const attributes = envelope.value;
  const { data, problem } = decodeData(envelope, attributes, maxDepth);
  const violations = [
    ...duplicates(envelope, attributes),
    ...(problem === undefined ? [] : [problem]),
  ];
  const extensions = extensionsOf(envelope, attributes);
  return { ok: true, event: { attributes, extensions, data, violations, envelope } };
}

export function isObject(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function extensionsOf(envelope: JsonText, attributes: Attributes): readonly Extension[] {
  const extensions: Extension[] = [];
  for (const { name, start, end } of envelope.members) {
    if (!isExtension(name) || name === 'data' || name === 'data_base64') continue;
    extensions.push({ name, value: attributes[name], text: envelope.text.slice(start, end) });
  }
  return extensions;
}

function decodeData(envelope: JsonText, attributes: Attributes, maxDepth: number): DataReading {
  const plain = lastMember(envelope, 'data');
  const base64 = lastMember(envelope, 'data_base64');
  if (plain !== undefined && base64 !== undefined) {
    return unreadable('envelope.data.ambiguous', '/data_base64');
  }
  if (base64 !== undefined) return decodeEncoded(attributes, maxDepth);
  if (plain === undefined) return { data: { kind: 'none' } };
  const text = envelope.text.slice(plain.start, plain.end);
  return { data: { kind: 'json', text, value: attributes['data'] } };
}

/** The member whose value the parser keeps. */
function lastMember(envelope: JsonText, name: string): Member | undefined {
  return envelope.members.findLast((member) => member.name === name);
}

function decodeEncoded(attributes: Attributes, maxDepth: number): DataReading {
  const encoded = attributes['data_base64'];
  const bytes = typeof encoded === 'string' ? decodeBase64(encoded) : undefined;
  if (bytes === undefined) return unreadable('envelope.data_base64.malformed', '/data_base64');
  return readContent(bytes, attributeOf(attributes, 'datacontenttype'), maxDepth);
}

function duplicates(envelope: JsonText, attributes: Attributes): readonly Violation[] {
  if (envelope.members.length === Object.keys(attributes).length) return [];
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { name } of envelope.members) (seen.has(name) ? repeated : seen).add(name);
  return Array.from(repeated, (name) =>
    violation('envelope.attribute.duplicated', { found: show(name) }),
  );
}
