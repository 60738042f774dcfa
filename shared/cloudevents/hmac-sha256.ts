import { hash } from 'node:crypto';

const blockBytes = 64;
const digestBytes = 32;

/**
 * HMAC-SHA-256 with one key over many short texts: the two hashes of RFC 2104 as one-shot calls,
 * which take about half the time of `createHmac`. The key of the HMAC is the secret's SHA-256 in hex:
 * a whole block of ASCII, so that the inner pad is a text that goes before the text.
 */
export class HmacSha256 {
  readonly #innerPad: string;
  /** The outer pad, then the inner digest. */
  readonly #outer: Buffer;

  constructor(secret: Uint8Array) {
    const key = Buffer.from(hash('sha256', secret, 'hex'));
    this.#innerPad = Buffer.from(key.map((byte) => byte ^ 0x36)).toString();
    this.#outer = Buffer.concat([key.map((byte) => byte ^ 0x5c)], blockBytes + digestBytes);
  }

  /** In base64url. */
  digest(text: string): string {
    // As `binary` a digest is a string of 32 characters, cheaper than a Buffer of its own.
    const digest = hash('sha256', this.#innerPad + text, 'binary');
    this.#outer.write(digest, blockBytes, 'binary');
    return hash('sha256', this.#outer, 'base64url');
  }
}
