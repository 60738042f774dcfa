import type { HubMessage } from '../ports/hub.ts';
import type { Violation } from '../ports/events.ts';
import { isExtension, namedAttributes } from './attributes.ts';
import { readContent } from './content.ts';
import type { Decoded, Extension } from './decoded-event.ts';
import { show, violation } from './rejection-codes.ts';

/**
 * Prefixes of attribute names among application properties. Source: CloudEvents AMQP binding 1.0,
 * 3.1.3.1; `ce-` is what bridges from HTTP and Kafka leave.
 */
const prefixes = ['cloudEvents:', 'cloudEvents_', 'ce-'] as const;

/** Whether a message carries attributes as properties. */
export function hasAttributes(message: HubMessage): boolean {
  for (const name of message.properties.keys()) if (attributeName(name) !== undefined) return true;
  return false;
}

/** Reads an event whose attributes are properties and whose body is `data`. Source: AMQP binding 3.1. */
export function decodeBinary(message: HubMessage, maxDepth: number): Decoded {
  const { all, violations } = readAttributes(message);
  const contentType = message.contentType;
  if (contentType !== undefined) all['datacontenttype'] = contentType;
  const { data, problem } =
    message.body.length === 0
      ? { data: { kind: 'none' } as const }
      : readContent(message.body, contentType, maxDepth);
  if (problem !== undefined) violations.push(problem);
  const attributes = namedAttributes(all);
  const extensions = extensionsOf(all);
  return { ok: true, event: { attributes, extensions, data, violations, envelope: undefined } };
}

/** Size of the attributes, which count as part of the event. */
export function attributeBytes(message: HubMessage): number {
  let size = 0;
  for (const [name, value] of message.properties) {
    if (attributeName(name) === undefined) continue;
    size += name.length + (typeof value === 'string' ? Buffer.byteLength(value) : 8);
  }
  return size;
}

function readAttributes(message: HubMessage): {
  readonly all: Record<string, unknown>;
  readonly violations: Violation[];
} {
  // Without a prototype: a producer may name an attribute `__proto__`.
  const all: Record<string, unknown> = { __proto__: null };
  const violations: Violation[] = [];
  for (const [property, value] of message.properties) {
    const name = attributeName(property);
    if (name === undefined) continue;
    const canonical = canonicalValue(value);
    const isRepeated = name in all && all[name] !== canonical;
    if (isRepeated) {
      violations.push(violation('envelope.attribute.duplicated', { found: show(name) }));
    }
    all[name] = canonical;
  }
  return { all, violations };
}

function attributeName(property: string): string | undefined {
  const prefix = prefixes.find((candidate) => property.startsWith(candidate));
  return prefix === undefined ? undefined : property.slice(prefix.length);
}

/** AMQP's native types in the string form of CloudEvents; what has none is left for the rules to refuse. */
function canonicalValue(value: unknown): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return typeof value === 'bigint' ? Number(value) : value;
}

function extensionsOf(all: Readonly<Record<string, unknown>>): readonly Extension[] {
  return Object.entries(all)
    .filter(([name]) => isExtension(name))
    .map(([name, value]) => ({ name, value, text: jsonOf(value) }));
}

/** A property may be anything that AMQP or the host makes of it; only scalars have a JSON text here. */
function jsonOf(value: unknown): string {
  const isScalar =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isScalar ? JSON.stringify(value) : 'null';
}
