import type { Catalogue, DataFormat, DataToCheck, EventType } from '../ports/catalogue.ts';
import type { Violation } from '../ports/events.ts';
import { textOf } from './attributes.ts';
import type { DecodedEvent } from './decoded-event.ts';
import type { Profile } from './envelope-rules.ts';
import { show, violation } from './rejection-codes.ts';
import { isFivePartType, isJsonMediaType, mediaTypeOf } from './text-forms.ts';

/** What the catalogue says of an event. */
export interface Classified {
  /** Undefined when the catalogue does not know the type. */
  readonly type: EventType | undefined;
  /** The schema version that the event names, as the column says it. */
  readonly version: string | null;
  readonly violations: readonly Violation[];
}

/** Looks the type up, finds the schema version and checks `data` against it. */
export function classify(event: DecodedEvent, catalogue: Catalogue, profile: Profile): Classified {
  const named = versionOf(event);
  const column = named.version === undefined ? named.text : String(named.version);
  const typeName = event.attributes.type;
  // Without a proper type name there is nothing to look up; the envelope's rules report it.
  if (typeof typeName !== 'string' || typeName === '') {
    return { type: undefined, version: column, violations: [] };
  }
  const type = catalogue.find(typeName);
  if (type === undefined) {
    return { type, version: column, violations: [unknownType(typeName, profile)] };
  }
  const violations =
    named.version === undefined
      ? [named.violation]
      : checkVersion({ event, type, version: named.version }, catalogue);
  return { type, version: column, violations };
}

function unknownType(name: string, profile: Profile): Violation {
  const isMisshapen = profile === 'strict' && !isFivePartType(name);
  const code = isMisshapen ? 'envelope.type.not_five_part' : 'type.unregistered';
  return violation(code, { found: show(name), pointer: '/type' });
}

type NamedVersion =
  | { readonly version: number }
  | { readonly version: undefined; readonly text: string; readonly violation: Violation };

/** `schemaversion`, or what `dataschema` names, or 1. */
function versionOf({ attributes }: DecodedEvent): NamedVersion {
  const declared = attributes.schemaversion;
  const schema = attributes.dataschema;
  const linked = typeof schema === 'string' ? versionInUri(schema) : undefined;
  if (declared !== undefined) return declaredVersion(declared, linked);
  if (schema === undefined) return { version: 1 };
  return linked === undefined
    ? unusable('schema.version_unregistered', schema)
    : { version: linked };
}

function declaredVersion(declared: unknown, linked: number | undefined): NamedVersion {
  const version = versionInText(textOf(declared) ?? '');
  if (version === undefined) return unusable('schema.version_malformed', declared);
  const isConflict = linked !== undefined && linked !== version;
  return isConflict ? unusable('schema.version_conflict', declared) : { version };
}

function unusable(
  code: 'schema.version_malformed' | 'schema.version_unregistered' | 'schema.version_conflict',
  found: unknown,
): NamedVersion {
  const text = textOf(found) ?? '';
  return { version: undefined, text, violation: violation(code, { found: show(text) }) };
}

/** `2`, `v2` and `2.0` are version 2. */
function versionInText(text: string): number | undefined {
  const match = /^v?([1-9]\d{0,5})(?:\.0)?$/.exec(text);
  return match === null ? undefined : Number(match[1]);
}

/** The number that ends a schema's URI: `.../v2`, `.../v2.schema.json`, `...:2`. */
function versionInUri(uri: string): number | undefined {
  const match = /[/:]v?([1-9]\d{0,5})(?:\.schema\.json|\.json|\.avsc)?$/.exec(uri);
  return match === null ? undefined : Number(match[1]);
}

interface VersionedEvent {
  readonly event: DecodedEvent;
  readonly type: EventType;
  readonly version: number;
}

function checkVersion(versioned: VersionedEvent, catalogue: Catalogue): readonly Violation[] {
  const { event, type, version } = versioned;
  const known = type.versions[version - 1];
  if (known === undefined) {
    return [violation('schema.version_unregistered', { found: `version ${version}` })];
  }
  const content = contentOf(event);
  if (content === undefined) return [];
  if ('code' in content) return [content];
  if (!known.formats.includes(content.format)) return [violation('schema.format_unregistered')];
  return catalogue.check(type, version, content);
}

/** What there is to check, why it cannot be, or undefined when another rule has said so. */
function contentOf(event: DecodedEvent): DataToCheck | Violation | undefined {
  const { data } = event;
  if (data.kind === 'unreadable') return undefined;
  if (data.kind === 'none') return violation('schema.data.missing');
  const format = formatOf(event);
  if (format === undefined) return violation('schema.format_unregistered');
  if (data.kind === 'json') {
    return format === 'json'
      ? { format, value: data.value }
      : violation('envelope.data.not_binary', { pointer: '/data' });
  }
  return format === 'avro'
    ? { format, bytes: data.bytes }
    : violation('schema.format_unregistered');
}

/** In the JSON format, data without a content type is JSON. Source: CloudEvents JSON format 1.0, 3.1.2. */
function formatOf({ attributes, envelope }: DecodedEvent): DataFormat | undefined {
  const contentType = attributes.datacontenttype;
  if (contentType === undefined) return envelope === undefined ? undefined : 'json';
  const mediaType = typeof contentType === 'string' ? mediaTypeOf(contentType) : undefined;
  if (mediaType === undefined) return undefined;
  if (isJsonMediaType(mediaType)) return 'json';
  return mediaType === 'application/avro' ? 'avro' : undefined;
}
