import { isUtf8 } from 'node:buffer';
import avro from 'avsc';
import type { Type } from 'avsc';
import { AvroCursor } from './avro-cursor.ts';

/** Whether bytes are exactly one value of a schema. */
export type AvroChecker = (bytes: Uint8Array) => boolean;

/** Moves over one value; false when the bytes are none. */
type Skip = (cursor: AvroCursor, depth: number) => boolean;

/** A recursive type may nest so deep. */
const maxDepth = 64;

/**
 * A checker for the schema in a text. It walks the bytes and builds nothing: a decoder believes the
 * item count that an array claims (a billion in five bytes keeps it busy for minutes) and has no
 * number for a `long` above 2^53.
 * Errors: a plain `Error` that says what is wrong with the schema.
 */
export function compileAvro(text: string): AvroChecker {
  const schema: unknown = JSON.parse(text);
  if (!isSchema(schema)) throw new Error('the schema of an event is a record');
  const skip = new SkipCompiler().skipOf(avro.Type.forSchema(schema));
  return (bytes) => {
    const cursor = new AvroCursor(bytes);
    return skip(cursor, 0) && cursor.remaining === 0;
  };
}

/** The event's `data` is an object; what else is wrong the schema parser finds. */
function isSchema(schema: unknown): schema is Parameters<typeof avro.Type.forSchema>[0] {
  return (
    typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === 'record'
  );
}

const skipLong: Skip = (cursor) => cursor.readLong() !== undefined;
const skipInt: Skip = (cursor) => {
  const value = cursor.readLong();
  return value !== undefined && value >= -(2 ** 31) && value < 2 ** 31;
};
const primitives: ReadonlyMap<string, Skip> = new Map<string, Skip>([
  ['null', () => true],
  ['boolean', (cursor) => (cursor.readByte() ?? 2) < 2],
  ['int', skipInt],
  ['long', skipLong],
  ['float', (cursor) => cursor.skip(4)],
  ['double', (cursor) => cursor.skip(8)],
  ['bytes', (cursor) => cursor.readBytes() !== undefined],
  ['string', (cursor) => isUtf8(cursor.readBytes() ?? notUtf8)],
]);
const notUtf8 = Uint8Array.of(0xff);

/** Turns parsed types into functions, each named type once. */
class SkipCompiler {
  readonly #records = new Map<Type, Skip>();

  skipOf(type: Type): Skip {
    const { types } = avro;
    if (type instanceof types.RecordType) return this.#record(type);
    if (type instanceof types.ArrayType) return blocks(this.#inner(type.itemsType));
    if (type instanceof types.MapType) return blocks(this.#entry(type.valuesType));
    if (type instanceof types.LogicalType) return this.#inner(type.underlyingType);
    return this.#union(type) ?? this.#scalar(type);
  }

  /** The package leaves the type of an inner type open. */
  #inner(type: unknown): Skip {
    if (!(type instanceof avro.Type)) throw new Error('an inner type is missing');
    return this.skipOf(type);
  }

  #record(type: avro.types.RecordType): Skip {
    const known = this.#records.get(type);
    if (known !== undefined) return known;
    const fields: Skip[] = [];
    const skip: Skip = (cursor, depth) =>
      depth < maxDepth && fields.every((field) => field(cursor, depth + 1));
    // Known before its fields are read: a record may hold itself.
    this.#records.set(type, skip);
    fields.push(...type.fields.map((field) => this.skipOf(field.type)));
    return skip;
  }

  #union(type: Type): Skip | undefined {
    const { WrappedUnionType, UnwrappedUnionType } = avro.types;
    const isUnion = type instanceof WrappedUnionType || type instanceof UnwrappedUnionType;
    return isUnion ? choice(type.types.map((branch) => this.skipOf(branch))) : undefined;
  }

  #entry(values: unknown): Skip {
    const value = this.#inner(values);
    return (cursor, depth) => cursor.readBytes() !== undefined && value(cursor, depth);
  }

  #scalar(type: Type): Skip {
    const { EnumType, FixedType } = avro.types;
    if (type instanceof EnumType) return choice(type.symbols.map(() => () => true));
    if (type instanceof FixedType) return (cursor) => cursor.skip(type.size);
    const skip = primitives.get(type.typeName);
    if (skip === undefined) throw new Error(`the Avro type ${type.typeName} is not supported`);
    return skip;
  }
}

/** An index and the branch that it names. */
function choice(branches: readonly Skip[]): Skip {
  return (cursor, depth) => branches[cursor.readLong() ?? -1]?.(cursor, depth) ?? false;
}

/** The blocks of an array or map. An item takes a byte at least, so that no count can exceed what is left. */
function blocks(item: Skip): Skip {
  return (cursor, depth) => {
    for (;;) {
      const count = cursor.readLong();
      if (count === undefined) return false;
      if (count === 0) return true;
      if (!skipBlock(cursor, count, (at) => item(at, depth))) return false;
    }
  };
}

function skipBlock(
  cursor: AvroCursor,
  count: number,
  item: (cursor: AvroCursor) => boolean,
): boolean {
  // A negative count is followed by the block's length in bytes.
  if (count < 0 && cursor.readLong() === undefined) return false;
  const items = Math.abs(count);
  if (items > cursor.remaining) return false;
  for (let done = 0; done < items; done += 1) if (!item(cursor)) return false;
  return true;
}
