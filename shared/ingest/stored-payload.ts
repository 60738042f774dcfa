import { isUtf8 } from 'node:buffer';
import type { PayloadStore } from '../ports/payloads.ts';

/** A payload as a dead-letter row holds it. */
export interface StoredPayload {
  readonly encoding: 'text' | 'base64' | 'blob';
  /** The text, the base64 of the bytes, or the blob's reference. */
  readonly content: string;
  readonly sizeBytes: number;
}

/** Larger payloads rest as blobs. */
const maxInlineBytes = 64 * 1024;

/** The payload in its stored form; a large one is put into a blob first. */
export async function storePayload(
  payloads: PayloadStore,
  name: string,
  bytes: Uint8Array,
): Promise<StoredPayload> {
  const sizeBytes = bytes.byteLength;
  if (sizeBytes > maxInlineBytes) {
    return { encoding: 'blob', content: await payloads.put(name, bytes), sizeBytes };
  }
  return { ...inlinePayload(bytes), sizeBytes };
}

/** Text when the bytes are UTF-8, else base64. */
export function inlinePayload(bytes: Uint8Array): Omit<StoredPayload, 'sizeBytes'> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer)
    ? { encoding: 'text', content: buffer.toString('utf8') }
    : { encoding: 'base64', content: buffer.toString('base64') };
}
