import { hash } from 'node:crypto';

const blockBytes = 64;
const digestBytes = 32;

/**
 * HMAC-SHA-256 with one key over many short texts: the two hashes of RFC 2104 as one-shot calls on
 * reused buffers, which takes two thirds of the time of `createHmac`. A key of at most 64 bytes.
 */
export class HmacSha256 {
  /** The key's inner pad, then the text. */
  #inner: Buffer;
  /** The key's outer pad, then the inner digest. */
  readonly #outer: Buffer;

  constructor(key: Uint8Array) {
    this.#inner = Buffer.alloc(blockBytes + 4_096, 0x36);
    this.#outer = Buffer.alloc(blockBytes + digestBytes, 0x5c);
    for (const [index, byte] of key.entries()) {
      this.#inner[index] = byte ^ 0x36;
      this.#outer[index] = byte ^ 0x5c;
    }
  }

  /** In base64url. */
  digest(text: string): string {
    this.#reserve(text.length * 3);
    const length = this.#inner.write(text, blockBytes, 'utf8');
    // As `binary` a digest is a string of 32 characters, cheaper than a Buffer of its own.
    const digest = hash('sha256', this.#inner.subarray(0, blockBytes + length), 'binary');
    this.#outer.write(digest, blockBytes, 'binary');
    return hash('sha256', this.#outer, 'base64url');
  }

  #reserve(bytes: number): void {
    if (this.#inner.length - blockBytes >= bytes) return;
    const larger = Buffer.alloc(blockBytes + bytes);
    this.#inner.copy(larger, 0, 0, blockBytes);
    this.#inner = larger;
  }
}
