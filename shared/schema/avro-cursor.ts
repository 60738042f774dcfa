/** Moves over Avro's binary encoding without building values. Source: Avro 1.11, binary encoding. */
export class AvroCursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  /** Moves over so many bytes; false when there are not as many. */
  skip(length: number): boolean {
    if (length < 0 || length > this.remaining) return false;
    this.#at += length;
    return true;
  }

  /** The bytes of a `bytes` or `string`, or undefined when it is cut off. */
  readBytes(): Uint8Array | undefined {
    const start = this.#skipLength();
    return start === undefined ? undefined : this.#bytes.subarray(start, this.#at);
  }

  /** A single byte, or undefined at the end. */
  readByte(): number | undefined {
    const byte = this.#bytes[this.#at];
    if (byte !== undefined) this.#at += 1;
    return byte;
  }

  /**
   * A zig-zag `long`, or undefined when it is cut off or longer than 64 bits. A double: exact up to
   * 2^53, enough for a count, which cannot exceed the bytes that are left.
   */
  readLong(): number | undefined {
    let value = 0;
    for (let factor = 1; factor < 2 ** 70; factor *= 128) {
      const byte = this.readByte();
      if (byte === undefined) return undefined;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    return undefined;
  }

  #skipLength(): number | undefined {
    const length = this.readLong();
    const start = this.#at;
    return length !== undefined && this.skip(length) ? start : undefined;
  }
}
