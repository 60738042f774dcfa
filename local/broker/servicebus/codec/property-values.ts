import {
  typedNull,
  unwrap,
  wrapBinary,
  wrapBoolean,
  wrapDouble,
  wrapLong,
  wrapString,
  wrapTimestamp,
  type Typed,
  type TypedMap,
} from '../../amqp/index.ts';
import type { Properties, Property, PropertyValue } from '../state/message.ts';
import { formatUuid } from './uuid.ts';

const uuidCode = 0x98;

/** Format codes of float and double; every other number is an integer. Source: AMQP 1.0, 1.6. */
const floatCodes: ReadonlySet<number> = new Set([0x72, 0x82]);

/** Reads application properties; each keeps its encoding. */
export function toProperties(entries: TypedMap): Properties {
  const properties = new Map<string, Property>();
  for (const [name, encoded] of entries) {
    properties.set(name, { value: toPropertyValue(encoded), encoded });
  }
  return properties;
}

/** The value that rules see: a UUID as text, what they cannot compute with as null. */
export function toPropertyValue(encoded: Typed): PropertyValue {
  const value = unwrap(encoded);
  if (typeof value === 'number') {
    const isFloat = floatCodes.has(encoded.type.typecode) || !Number.isInteger(value);
    return isFloat ? value : BigInt(value);
  }
  if (Buffer.isBuffer(value)) {
    return encoded.type.typecode === uuidCode ? formatUuid(value) : value;
  }
  return isScalar(value) ? value : null;
}

export function encodeProperties(properties: Properties): TypedMap {
  const entries = new Map<string, Typed>();
  for (const [name, { value, encoded }] of properties) {
    entries.set(name, encoded ?? encodeValue(value));
  }
  return entries;
}

function encodeValue(value: PropertyValue): Typed {
  if (typeof value === 'string') return wrapString(value);
  if (typeof value === 'bigint') return wrapLong(value);
  if (typeof value === 'number') return wrapDouble(value);
  if (typeof value === 'boolean') return wrapBoolean(value);
  return value === null ? typedNull : encodeObject(value);
}

function encodeObject(value: Date | Uint8Array): Typed {
  return value instanceof Date ? wrapTimestamp(value.getTime()) : wrapBinary(Buffer.from(value));
}

function isScalar(value: unknown): value is Exclude<PropertyValue, Uint8Array> {
  // An AMQP timestamp may lie beyond what a date can say.
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  if (value === null) return true;
  return ['string', 'bigint', 'boolean'].includes(typeof value);
}
