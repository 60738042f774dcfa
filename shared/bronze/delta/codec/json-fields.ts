/**
 * Readers for JSON that others may have written. Each answers undefined for an absent or null
 * field and throws `TypeError` for one of another type, so that a caller names the file once.
 */

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readText(record: JsonRecord, field: string): string | undefined {
  const value = own(record, field);
  if (value === undefined || typeof value === 'string') return value;
  throw wrongType(field, 'a string');
}

/** A number that is a safe integer; a bigint within that range is accepted, as Parquet gives one. */
export function readInteger(record: JsonRecord, field: string): number | undefined {
  const value = own(record, field);
  if (value === undefined) return undefined;
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw wrongType(field, 'a safe integer');
}

export function readBoolean(record: JsonRecord, field: string): boolean | undefined {
  const value = own(record, field);
  if (value === undefined || typeof value === 'boolean') return value;
  throw wrongType(field, 'a boolean');
}

export function readRecord(record: JsonRecord, field: string): JsonRecord | undefined {
  const value = own(record, field);
  if (value === undefined || isRecord(value)) return value;
  throw wrongType(field, 'an object');
}

export function readTexts(record: JsonRecord, field: string): readonly string[] | undefined {
  const value = own(record, field);
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw wrongType(field, 'an array of strings');
}

/** A map from text to text or null. */
export function readTextMap(
  record: JsonRecord,
  field: string,
): Readonly<Record<string, string | null>> | undefined {
  const value = readRecord(record, field);
  if (value === undefined) return undefined;
  const entries = Object.entries(value).map(([key, item]): [string, string | null] => {
    if (item === null || item === undefined) return [key, null];
    if (typeof item !== 'string') throw wrongType(`${field}.${key}`, 'a string');
    return [key, item];
  });
  return Object.fromEntries(entries);
}

export function required<Value>(value: Value | undefined, field: string): Value {
  if (value === undefined) throw new TypeError(`"${field}" is missing`);
  return value;
}

function own(record: JsonRecord, field: string): unknown {
  return Object.hasOwn(record, field) ? (record[field] ?? undefined) : undefined;
}

function wrongType(field: string, expected: string): TypeError {
  return new TypeError(`"${field}" is not ${expected}`);
}
