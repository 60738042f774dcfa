/**
 * The part of rhea 3.0.5 that the broker stands on: its encoder and decoder of AMQP types, which
 * rhea's own declarations type as `any`. The version is pinned because this module is internal.
 */
declare module 'rhea/lib/types.js' {
  /** A constructor of the AMQP type system. */
  export interface TypeDescription {
    /** rhea's name of the encoding, such as `Str8` or `SmallUint`. */
    readonly name: string;
    /** The format code on the wire. */
    readonly typecode: number;
  }

  /** A value with its exact encoding. Lists and maps hold `Typed` items, maps as key, value, key, ... */
  export interface Typed {
    readonly type: TypeDescription;
    readonly value: unknown;
    readonly descriptor?: Typed;
    readonly array_constructor?: { readonly typecode: number; readonly descriptor?: Typed };
  }

  export interface Reader {
    position: number;
    read(): Typed;
  }

  export interface Writer {
    write(value: Typed): void;
    write_bytes(bytes: Buffer): void;
    toBuffer(): Buffer;
  }

  interface Types {
    readonly by_code: Readonly<Record<number, TypeDescription>>;
    readonly Reader: new (bytes: Buffer) => Reader;
    readonly Writer: new () => Writer;
    Null(): Typed;
    List0(): Typed;
    List32(items: readonly Typed[]): Typed;
    Map32(keysAndValues: readonly Typed[]): Typed;
    Array32(items: readonly unknown[], typecode: number): Typed;
    wrap_boolean(value: boolean): Typed;
    wrap_ubyte(value: number): Typed;
    wrap_ushort(value: number): Typed;
    wrap_uint(value: number): Typed;
    wrap_ulong(value: number | Buffer): Typed;
    wrap_int(value: number): Typed;
    wrap_long(value: number | Buffer): Typed;
    wrap_double(value: number): Typed;
    wrap_timestamp(epochMs: number): Typed;
    wrap_uuid(bytes: Buffer): Typed;
    wrap_binary(bytes: Buffer): Typed;
    wrap_string(text: string): Typed;
    wrap_symbol(text: string): Typed;
    /** Sets the descriptor on `value` itself and returns it. */
    described(descriptor: Typed, value: Typed): Typed;
  }

  const types: Types;
  export = types;
}
