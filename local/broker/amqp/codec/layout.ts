import types from 'rhea/lib/types.js';

/** Deeper values are refused: nothing in use nests so far, and a decoder recurses. */
const maxDepth = 32;

/**
 * Finds where the AMQP value at `offset` ends, or undefined if the bytes are no well-formed value.
 * Everything is walked before it is decoded, because rhea's decoder trusts lengths and counts: a
 * few hostile bytes would make it allocate gigabytes.
 * Source: AMQP 1.0 part 1, 1.6 (encodings).
 */
export function findValueEnd(bytes: Buffer, offset: number, depth = 0): number | undefined {
  const code = bytes[offset];
  if (code === undefined || depth > maxDepth) return undefined;
  if (code !== 0x00) return findContentEnd(bytes, offset + 1, { code, depth });
  const descriptorEnd = findValueEnd(bytes, offset + 1, depth + 1);
  return descriptorEnd === undefined ? undefined : findValueEnd(bytes, descriptorEnd, depth + 1);
}

interface Content {
  readonly code: number;
  readonly depth: number;
}

function findContentEnd(bytes: Buffer, offset: number, content: Content): number | undefined {
  if (types.by_code[content.code] === undefined) return undefined;
  const width = fixedWidth(content.code);
  return width === undefined ? findSizedEnd(bytes, offset, content) : within(bytes, offset + width);
}

/** Strings, binaries, lists, maps and arrays start with their size in one byte or four. */
function findSizedEnd(bytes: Buffer, offset: number, content: Content): number | undefined {
  const prefix = (content.code & 0x10) === 0 ? 1 : 4;
  const size = readSize(bytes, offset, prefix);
  const end = size === undefined ? undefined : within(bytes, offset + prefix + size);
  if (end === undefined || content.code < 0xc0) return end;
  const block = { items: offset + prefix, end, prefix, depth: content.depth + 1 };
  const fits = content.code < 0xe0 ? isCompound(bytes, block) : isArray(bytes, block);
  return fits ? end : undefined;
}

interface Block {
  /** Where the count stands. */
  readonly items: number;
  readonly end: number;
  readonly prefix: number;
  readonly depth: number;
}

function isCompound(bytes: Buffer, block: Block): boolean {
  const count = readSize(bytes, block.items, block.prefix);
  if (count === undefined || count > block.end - block.items) return false;
  let offset: number | undefined = block.items + block.prefix;
  for (let item = 0; item < count && offset !== undefined; item++) {
    offset = findValueEnd(bytes, offset, block.depth);
  }
  return offset === block.end;
}

function isArray(bytes: Buffer, block: Block): boolean {
  const count = readSize(bytes, block.items, block.prefix);
  // Items of no width would make any count fit: no array in use has them.
  if (count === undefined || count > block.end - block.items) return false;
  let offset = findElementCode(bytes, block);
  const code = offset === undefined ? undefined : bytes[offset - 1];
  if (code === undefined || types.by_code[code] === undefined) return false;
  for (let item = 0; item < count && offset !== undefined; item++) {
    offset = findContentEnd(bytes, offset, { code, depth: block.depth });
  }
  return offset === block.end;
}

/** Returns the offset behind the constructor that all elements of an array share. */
function findElementCode(bytes: Buffer, block: Block): number | undefined {
  const start = block.items + block.prefix;
  if (bytes[start] !== 0x00) return start + 1;
  const descriptorEnd = findValueEnd(bytes, start + 1, block.depth);
  if (descriptorEnd === undefined || bytes[descriptorEnd] === 0x00) return undefined;
  return descriptorEnd + 1;
}

/** Bytes of a fixed-width encoding, or undefined for the others: the high digit of the code says. */
function fixedWidth(code: number): number | undefined {
  const category = code >>> 4;
  if (category === 4) return 0;
  return category < 10 ? 2 ** (category - 5) : undefined;
}

function readSize(bytes: Buffer, offset: number, width: number): number | undefined {
  if (offset + width > bytes.length) return undefined;
  return width === 1 ? bytes.readUInt8(offset) : bytes.readUInt32BE(offset);
}

function within(bytes: Buffer, end: number): number | undefined {
  return end <= bytes.length ? end : undefined;
}
