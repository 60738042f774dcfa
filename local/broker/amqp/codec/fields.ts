import {
  emptyMap,
  isNull,
  listItems,
  mapEntries,
  unwrap,
  type Typed,
  type TypedMap,
} from './typed.ts';

/** Reads the fields of a composite by position and remembers the first one that has a wrong type. */
export class FieldReader {
  /** What was wrong, if anything: the values read are not to be used then. */
  problem: string | undefined;
  readonly #composite: string;
  readonly #items: readonly Typed[];

  constructor(composite: string, list: Typed) {
    this.#composite = composite;
    const items = listItems(list);
    if (items === undefined) this.problem = `${composite} is no list`;
    this.#items = items ?? [];
  }

  /** The field as it was sent, or undefined if it is absent or null. */
  raw(index: number): Typed | undefined {
    const item = this.#items[index];
    return isNull(item) ? undefined : item;
  }

  number(index: number, name: string): number | undefined {
    return this.#read(index, name, asNumber);
  }

  mandatoryNumber(index: number, name: string): number {
    return this.#mandatory(this.number(index, name), name) ?? 0;
  }

  boolean(index: number, name: string): boolean {
    return this.#read(index, name, asBoolean) ?? false;
  }

  text(index: number, name: string): string | undefined {
    return this.#read(index, name, asText);
  }

  mandatoryText(index: number, name: string): string {
    return this.#mandatory(this.text(index, name), name) ?? '';
  }

  bytes(index: number, name: string): Buffer | undefined {
    return this.#read(index, name, asBytes);
  }

  /** One symbol or an array of them. */
  symbols(index: number, name: string): readonly string[] {
    return this.#read(index, name, asSymbols) ?? [];
  }

  map(index: number, name: string): TypedMap {
    return this.#read(index, name, mapEntries) ?? emptyMap;
  }

  /** `convert` returns undefined for a value of another type. */
  #read<Value>(
    index: number,
    name: string,
    convert: (item: Typed) => Value | undefined,
  ): Value | undefined {
    const item = this.raw(index);
    if (item === undefined) return undefined;
    const value = convert(item);
    if (value === undefined) this.#note(`field ${name} has the type ${item.type.name}`);
    return value;
  }

  #mandatory<Value>(value: Value | undefined, name: string): Value | undefined {
    if (value === undefined) this.#note(`mandatory field ${name} is missing`);
    return value;
  }

  #note(problem: string): void {
    this.problem ??= `${this.#composite}: ${problem}`;
  }
}

function asNumber(item: Typed): number | undefined {
  const value = unwrap(item);
  return typeof value === 'number' ? value : undefined;
}

function asBoolean(item: Typed): boolean | undefined {
  const value = unwrap(item);
  return typeof value === 'boolean' ? value : undefined;
}

function asText(item: Typed): string | undefined {
  const value = unwrap(item);
  return typeof value === 'string' ? value : undefined;
}

function asBytes(item: Typed): Buffer | undefined {
  const value = unwrap(item);
  return Buffer.isBuffer(value) ? value : undefined;
}

function asSymbols(item: Typed): readonly string[] | undefined {
  const value = unwrap(item);
  const symbols = Array.isArray(value) ? value : [value];
  return symbols.every((symbol) => typeof symbol === 'string') ? symbols : undefined;
}
