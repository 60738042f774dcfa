import {
  emptyMap,
  isNull,
  listItems,
  mapEntries,
  unwrap,
  type PlainValue,
  type Typed,
  type TypedMap,
} from '../../amqp/index.ts';

/** Reads the map of a request by key and remembers the first entry that has a wrong type. */
export class BodyReader {
  /** What was wrong, if anything: the values read are not to be used then. */
  problem: string | undefined;
  readonly #entries: TypedMap;

  constructor(entries: TypedMap) {
    this.#entries = entries;
  }

  /** An entry as it was sent; absent and null are the same. */
  raw(key: string): Typed | undefined {
    const entry = this.#entries.get(key);
    return isNull(entry) ? undefined : entry;
  }

  optionalText(key: string): string | undefined {
    return this.#optional(key, 'text', asText);
  }

  text(key: string): string {
    return this.#required(key, 'text', asText) ?? '';
  }

  number(key: string): number {
    return this.#required(key, 'a number', asNumber) ?? 0;
  }

  optionalFlag(key: string): boolean {
    return this.#optional(key, 'true or false', asFlag) ?? false;
  }

  /** An instant in milliseconds since 1970. */
  timestamp(key: string): number {
    return this.#required(key, 'a timestamp', asTimestamp) ?? 0;
  }

  optionalBytes(key: string): Buffer | undefined {
    return this.#optional(key, 'binary', asBytes);
  }

  bytes(key: string): Buffer {
    return this.#required(key, 'binary', asBytes) ?? Buffer.alloc(0);
  }

  numbers(key: string): readonly number[] {
    return this.#required(key, 'an array of longs', (value) => eachOf(value, asNumber)) ?? [];
  }

  uuids(key: string): readonly Buffer[] {
    return this.#required(key, 'an array of uuids', (value) => eachOf(value, asUuid)) ?? [];
  }

  /** A nested map; empty if it is absent. */
  map(key: string): TypedMap {
    const entry = this.raw(key);
    const entries = entry === undefined ? emptyMap : mapEntries(entry);
    if (entries === undefined) this.#note(key, 'a map');
    return entries ?? emptyMap;
  }

  /** A list of maps. */
  maps(key: string): readonly BodyReader[] {
    const entry = this.raw(key);
    const items = entry === undefined ? undefined : listItems(entry);
    const maps = items?.map(mapEntries) ?? [undefined];
    const whole = maps.filter((map) => map !== undefined);
    if (whole.length < maps.length) this.#note(key, 'a list of maps');
    return whole.map((map) => new BodyReader(map));
  }

  #required<Value>(
    key: string,
    wanted: string,
    convert: (value: PlainValue) => Value | undefined,
  ): Value | undefined {
    if (this.raw(key) === undefined) this.#note(key, wanted);
    return this.#optional(key, wanted, convert);
  }

  #optional<Value>(
    key: string,
    wanted: string,
    convert: (value: PlainValue) => Value | undefined,
  ): Value | undefined {
    const entry = this.raw(key);
    if (entry === undefined) return undefined;
    const value = convert(unwrap(entry));
    if (value === undefined) this.#note(key, wanted);
    return value;
  }

  #note(key: string, wanted: string): void {
    this.problem ??= `"${key}" must be ${wanted}`;
  }
}

function asText(value: PlainValue): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asFlag(value: PlainValue): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function asNumber(value: PlainValue): number | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
}

function asTimestamp(value: PlainValue): number | undefined {
  const instant = value instanceof Date ? value.getTime() : NaN;
  return Number.isNaN(instant) ? undefined : instant;
}

function asBytes(value: PlainValue): Buffer | undefined {
  return Buffer.isBuffer(value) ? value : undefined;
}

function asUuid(value: PlainValue): Buffer | undefined {
  return Buffer.isBuffer(value) && value.length === 16 ? value : undefined;
}

function eachOf<Item>(
  value: PlainValue,
  convert: (item: PlainValue) => Item | undefined,
): readonly Item[] | undefined {
  if (!isList(value)) return undefined;
  const items = value.map(convert).filter((item) => item !== undefined);
  return items.length === value.length ? items : undefined;
}

function isList(value: PlainValue): value is readonly PlainValue[] {
  return Array.isArray(value);
}
