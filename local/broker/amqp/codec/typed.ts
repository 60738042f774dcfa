import types, { type Typed } from 'rhea/lib/types.js';
import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import { findValueEnd } from './layout.ts';

/** A value with its exact AMQP encoding: what is read can be written again without loss. */
export type { Typed };

/** A map section or a properties field. A `Map`, because producers choose the keys. */
export type TypedMap = ReadonlyMap<string, Typed>;

/**
 * A value without its encoding. Integers beyond 2^53 are `bigint`, but for the 2^32 directly behind
 * it, which rhea reads rounded. Uuids and decimals are bytes.
 */
export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Buffer
  | Date
  | readonly PlainValue[]
  | ReadonlyMap<PlainValue, PlainValue>
  | DescribedValue;

interface DescribedValue {
  readonly descriptor: PlainValue;
  readonly value: PlainValue;
}

export const emptyMap: TypedMap = new Map();

export const typedNull: Typed = types.Null();

export function wrapBoolean(value: boolean): Typed {
  return types.wrap_boolean(value);
}

export function wrapUbyte(value: number): Typed {
  return types.wrap_ubyte(value);
}

export function wrapUshort(value: number): Typed {
  return types.wrap_ushort(value);
}

export function wrapUint(value: number): Typed {
  return types.wrap_uint(value);
}

export function wrapInt(value: number): Typed {
  return types.wrap_int(value);
}

/** Takes a `bigint` too, because a 64-bit number need not fit a JavaScript number. */
export function wrapLong(value: number | bigint): Typed {
  return types.wrap_long(typeof value === 'bigint' ? longBytes(value) : value);
}

export function wrapUlong(value: number | bigint): Typed {
  return types.wrap_ulong(typeof value === 'bigint' ? longBytes(value) : value);
}

export function wrapDouble(value: number): Typed {
  return types.wrap_double(value);
}

export function wrapTimestamp(epochMs: number): Typed {
  return types.wrap_timestamp(epochMs);
}

/** `bytes`: the 16 bytes of the uuid in network order. */
export function wrapUuid(bytes: Buffer): Typed {
  return types.wrap_uuid(bytes);
}

export function wrapBinary(bytes: Buffer): Typed {
  return types.wrap_binary(bytes);
}

export function wrapString(text: string): Typed {
  return types.wrap_string(text);
}

export function wrapSymbol(text: string): Typed {
  return types.wrap_symbol(text);
}

export function wrapList(items: readonly Typed[]): Typed {
  return items.length === 0 ? types.List0() : types.List32(items);
}

/** A map with string keys, as application properties and management bodies have. */
export function wrapMap(entries: Iterable<readonly [string, Typed]>): Typed {
  return types.Map32([...entries].flatMap(([key, value]) => [wrapString(key), value]));
}

/** A map with symbol keys, as annotations and link properties have. */
export function wrapSymbolMap(entries: Iterable<readonly [string, Typed]>): Typed {
  return types.Map32([...entries].flatMap(([key, value]) => [wrapSymbol(key), value]));
}

/** `descriptor`: the numeric code of the described type. */
export function wrapDescribed(descriptor: number, value: Typed): Typed {
  return types.described(types.wrap_ulong(descriptor), { ...value });
}

export function wrapSymbolArray(symbols: readonly string[]): Typed {
  return types.Array32(symbols, 0xb3);
}

export function wrapStringArray(texts: readonly string[]): Typed {
  return types.Array32(texts, 0xb1);
}

export function wrapLongArray(values: readonly number[]): Typed {
  return types.Array32(values, 0x81);
}

export function wrapTimestampArray(instants: readonly number[]): Typed {
  return types.Array32(instants, 0x83);
}

/** Reads one value that fills `bytes` from `offset` on, or up to `end`. */
export function readTyped(bytes: Buffer, offset = 0, end = bytes.length): Result<Typed, string> {
  if (findValueEnd(bytes, offset) !== end) return fail('the bytes are no well-formed AMQP value');
  return succeed(readChecked(bytes, offset));
}

/** Reads the value at `offset`. Only for bytes that `findValueEnd` has accepted. */
export function readChecked(bytes: Buffer, offset: number): Typed {
  const reader = new types.Reader(bytes);
  reader.position = offset;
  return reader.read();
}

export function writeTyped(value: Typed): Buffer {
  const writer = new types.Writer();
  writer.write(toWritable(value));
  return writer.toBuffer();
}

/** rhea reads the items of an array with their type and writes them without: this bridges the two. */
export function toWritable(value: Typed): Typed {
  if (value.type.typecode < 0xc0) return value;
  const items = itemsOf(value);
  if (value.type.typecode < 0xe0) return { ...value, value: items.map(toWritable) };
  return { ...value, value: items.map((item) => (isTyped(item) ? item.value : item)) };
}

/** The items of a list or array; undefined if it is neither. */
export function listItems(value: Typed): readonly Typed[] | undefined {
  return isListOrArray(value) ? itemsOf(value) : undefined;
}

/** The entries of a map whose keys are strings or symbols; undefined if the value is no map. */
export function mapEntries(value: Typed): TypedMap | undefined {
  if (!isMap(value)) return undefined;
  const items = itemsOf(value);
  const entries = new Map<string, Typed>();
  for (let index = 0; index + 1 < items.length; index += 2) {
    const [key, item] = [items[index], items[index + 1]];
    const name = key === undefined ? undefined : unwrap(key);
    if (typeof name === 'string' && item !== undefined) entries.set(name, item);
  }
  return entries;
}

/** Reads the value without its encoding. */
export function unwrap(typed: Typed): PlainValue {
  if (typed.descriptor === undefined) return unwrapContent(typed);
  return { descriptor: unwrap(typed.descriptor), value: unwrapContent(typed) };
}

export function isNull(value: Typed | undefined): boolean {
  return value === undefined || value.type.typecode === 0x40;
}

function unwrapContent(typed: Typed): PlainValue {
  if (isMap(typed)) {
    const items = itemsOf(typed).map(unwrap);
    return new Map(
      Array.from({ length: items.length / 2 }, (_, index) => [
        items[2 * index] ?? null,
        items[2 * index + 1] ?? null,
      ]),
    );
  }
  if (isListOrArray(typed)) return itemsOf(typed).map(unwrap);
  return unwrapScalar(typed);
}

function unwrapScalar(typed: Typed): PlainValue {
  const value = typed.value;
  if (!Buffer.isBuffer(value)) {
    // The boolean with a byte of its own is read by rhea as 0 or 1.
    return typed.type.typecode === 0x56 ? value === 1 : (value as PlainValue);
  }
  if (typed.type.typecode === 0x80) return value.readBigUInt64BE();
  return typed.type.typecode === 0x81 ? value.readBigInt64BE() : value;
}

function isMap(value: Typed): boolean {
  return value.type.typecode === 0xc1 || value.type.typecode === 0xd1;
}

function isListOrArray(value: Typed): boolean {
  return [0x45, 0xc0, 0xd0, 0xe0, 0xf0].includes(value.type.typecode);
}

function isTyped(item: unknown): item is Typed {
  return typeof item === 'object' && item !== null && 'type' in item;
}

function itemsOf(value: Typed): readonly Typed[] {
  return value.value as readonly Typed[];
}

function longBytes(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt.asIntN(64, value));
  return bytes;
}
