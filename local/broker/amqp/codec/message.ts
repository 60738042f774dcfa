import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import { findValueEnd } from './layout.ts';
import {
  emptyMap,
  listItems,
  mapEntries,
  readChecked,
  unwrap,
  wrapDescribed,
  wrapMap,
  wrapSymbolMap,
  writeTyped,
  type Typed,
  type TypedMap,
} from './typed.ts';

/** In the order in which a message has them. Source: AMQP 1.0 part 3, 3.2. */
export type SectionKind =
  | 'header'
  | 'delivery-annotations'
  | 'message-annotations'
  | 'properties'
  | 'application-properties'
  | 'data'
  | 'sequence'
  | 'value'
  | 'footer';

export interface Section {
  readonly kind: SectionKind;
  /** The section with its descriptor, as sent. */
  readonly bytes: Buffer;
  /** Where the content starts in `bytes`, behind the descriptor. */
  readonly contentStart: number;
}

/** A message whose sections are told apart and otherwise untouched. */
export type RawMessage = readonly Section[];

/** Of a transfer whose message has one encoded message in each data section. Microsoft's own. */
export const batchMessageFormat = 0x80013700;

/** Splits an encoded message. Problem: why the bytes are no message. */
export function splitMessage(bytes: Buffer): Result<RawMessage, string> {
  const sections: Section[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const section = readSection(bytes, offset);
    if (section === undefined) {
      return fail(`no well-formed message section starts at byte ${offset}`);
    }
    sections.push(section);
    offset += section.bytes.length;
  }
  return succeed(sections);
}

export function joinMessage(message: RawMessage): Buffer {
  return Buffer.concat(message.map((section) => section.bytes));
}

/** Puts sections in place of those of the same kind; an empty list removes them. */
export function replaceSections(
  message: RawMessage,
  replacements: ReadonlyMap<SectionKind, readonly Section[]>,
): RawMessage {
  return kinds.flatMap(
    (kind) => replacements.get(kind) ?? message.filter((section) => section.kind === kind),
  );
}

/** The binary contents of the data sections: the body, or the encoded messages of a batch. */
export function dataOf(message: RawMessage): readonly Buffer[] {
  return message.flatMap((section) => {
    const content = section.kind === 'data' ? unwrap(contentOf(section)) : undefined;
    return Buffer.isBuffer(content) ? [content] : [];
  });
}

/** The entries of a map section; empty if the message has no such section. */
export function mapSectionOf(
  message: RawMessage,
  kind: 'delivery-annotations' | 'message-annotations' | 'application-properties',
): TypedMap {
  const content = contentOfKind(message, kind);
  return (content === undefined ? undefined : mapEntries(content)) ?? emptyMap;
}

/** The value of an `amqp-value` body, or the bytes of a body of data sections. */
export function bodyOf(message: RawMessage): Typed | Buffer | undefined {
  const value = contentOfKind(message, 'value');
  if (value !== undefined) return value;
  const data = dataOf(message);
  return data.length === 0 ? undefined : Buffer.concat(data);
}

/** The fields of a list section (`header`, `properties`); empty if the message has none. */
export function listSectionOf(
  message: RawMessage,
  kind: 'header' | 'properties',
): readonly Typed[] {
  const content = contentOfKind(message, kind);
  return (content === undefined ? undefined : listItems(content)) ?? [];
}

export function annotationsSection(
  kind: 'delivery-annotations' | 'message-annotations',
  annotations: TypedMap,
): Section {
  return encodeSection(kind, wrapSymbolMap(annotations));
}

export function applicationPropertiesSection(properties: TypedMap): Section {
  return encodeSection('application-properties', wrapMap(properties));
}

export function encodeSection(kind: SectionKind, content: Typed): Section {
  const bytes = writeTyped(wrapDescribed(firstCode + kinds.indexOf(kind), content));
  return { kind, bytes, contentStart: descriptorBytes };
}

const kinds: readonly SectionKind[] = [
  'header',
  'delivery-annotations',
  'message-annotations',
  'properties',
  'application-properties',
  'data',
  'sequence',
  'value',
  'footer',
];

const firstCode = 0x70;

/** `00 53 7x`: the descriptor as everybody writes it. */
const descriptorBytes = 3;

const symbolicDescriptors: readonly string[] = [
  'amqp:header:list',
  'amqp:delivery-annotations:map',
  'amqp:message-annotations:map',
  'amqp:properties:list',
  'amqp:application-properties:map',
  'amqp:data:binary',
  'amqp:amqp-sequence:list',
  'amqp:amqp-value:*',
  'amqp:footer:map',
];

function readSection(bytes: Buffer, offset: number): Section | undefined {
  const end = findValueEnd(bytes, offset);
  if (end === undefined || bytes[offset] !== 0x00) return undefined;
  const contentStart = findValueEnd(bytes, offset + 1);
  const kind = kinds[sectionIndex(bytes, offset + 1)];
  if (contentStart === undefined || kind === undefined) return undefined;
  return { kind, bytes: bytes.subarray(offset, end), contentStart: contentStart - offset };
}

function sectionIndex(bytes: Buffer, descriptorStart: number): number {
  // A small number in one byte, as everybody writes it, needs no decoder.
  if (bytes[descriptorStart] === 0x53) return bytes.readUInt8(descriptorStart + 1) - firstCode;
  const descriptor = unwrap(readChecked(bytes, descriptorStart));
  if (typeof descriptor === 'number') return descriptor - firstCode;
  return typeof descriptor === 'string' ? symbolicDescriptors.indexOf(descriptor) : -1;
}

function contentOf(section: Section): Typed {
  return readChecked(section.bytes, section.contentStart);
}

/** The section of a kind, decoded, or undefined if the message has none. */
function contentOfKind(message: RawMessage, kind: SectionKind): Typed | undefined {
  const section = message.find((candidate) => candidate.kind === kind);
  return section === undefined ? undefined : contentOf(section);
}
