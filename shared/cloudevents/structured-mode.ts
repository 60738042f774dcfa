import type { JsonText, Member } from '../kernel/json-text.ts';
import type { Violation } from '../ports/events.ts';
import { countColumns, isExtension, namedAttributes } from './attributes.ts';
import { readContent, unreadable } from './content.ts';
import type { DataReading } from './content.ts';
import type { Decoded, Extension } from './decoded-event.ts';
import { decodeBase64, readJson } from './json-bytes.ts';
import { show, violation } from './rejection-codes.ts';

/** A JSON object as it was parsed: of a repeated name it has the last value. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads one event in the JSON format. Source: CloudEvents JSON format 1.0. */
export function decodeStructured(text: string, maxDepth: number): Decoded {
  const read = readJson(text, maxDepth);
  if (!read.ok) return { ok: false, violation: violation(read.code) };
  const envelope = read.value;
  const all = envelope.value;
  if (!isObject(all)) return { ok: false, violation: violation('json.not_object') };
  const attributes = namedAttributes(all);
  const { data, problem } = readData(envelope, all, maxDepth);
  const violations = duplicates(envelope, all);
  if (problem !== undefined) violations.push(problem);
  // Most events have no other member: then no name needs a look.
  const isPlain = countColumns(attributes) + countData(all) === envelope.members.length;
  const extensions = isPlain ? [] : extensionsOf(envelope, all);
  return { ok: true, event: { attributes, extensions, data, violations, envelope } };
}

function extensionsOf(envelope: JsonText, all: JsonObject): readonly Extension[] {
  const extensions: Extension[] = [];
  for (const { name, start, end } of envelope.members) {
    if (!isExtension(name) || name === 'data' || name === 'data_base64') continue;
    extensions.push({ name, value: all[name], text: envelope.text.slice(start, end) });
  }
  return extensions;
}

function countData(all: JsonObject): number {
  return Number(Object.hasOwn(all, 'data')) + Number(Object.hasOwn(all, 'data_base64'));
}

function readData(envelope: JsonText, all: JsonObject, maxDepth: number): DataReading {
  const plain = lastMember(envelope, 'data');
  const hasEncoded = Object.hasOwn(all, 'data_base64');
  if (plain === undefined) {
    return hasEncoded ? readEncoded(all, maxDepth) : { data: { kind: 'none' } };
  }
  if (hasEncoded) return unreadable('envelope.data.ambiguous', '/data_base64');
  const text = envelope.text.slice(plain.start, plain.end);
  return { data: { kind: 'json', text, value: all['data'] } };
}

/** The member whose value the parser keeps. */
function lastMember(envelope: JsonText, name: string): Member | undefined {
  return envelope.members.findLast((member) => member.name === name);
}

function readEncoded(all: JsonObject, maxDepth: number): DataReading {
  const encoded = all['data_base64'];
  const bytes = typeof encoded === 'string' ? decodeBase64(encoded) : undefined;
  return bytes === undefined
    ? unreadable('envelope.data_base64.malformed', '/data_base64')
    : readContent(bytes, all['datacontenttype'], maxDepth);
}

function duplicates(envelope: JsonText, all: JsonObject): Violation[] {
  if (envelope.members.length === Object.keys(all).length) return [];
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { name } of envelope.members) (seen.has(name) ? repeated : seen).add(name);
  return Array.from(repeated, (name) =>
    violation('envelope.attribute.duplicated', { found: show(name) }),
  );
}
