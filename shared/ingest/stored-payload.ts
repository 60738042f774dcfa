import { isUtf8 } from 'node:buffer';
import type { DeadLetterPayload } from '../ports/dead-letters.ts';
import type { PayloadStore } from '../ports/payloads.ts';

/** Larger payloads rest as blobs. */
const maxInlineBytes = 64 * 1024;

/** The payload in its stored form; a large one is put into a blob first. */
export async function storePayload(
  payloads: PayloadStore,
  name: string,
  bytes: Uint8Array,
): Promise<DeadLetterPayload> {
  const sizeBytes = bytes.byteLength;
  if (sizeBytes > maxInlineBytes) {
    return { encoding: 'blob', content: await payloads.put(name, bytes), sizeBytes };
  }
  return { ...inlinePayload(bytes), sizeBytes };
}

/** Text when the bytes are UTF-8, else base64. */
export function inlinePayload(bytes: Uint8Array): Omit<DeadLetterPayload, 'sizeBytes'> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer)
    ? { encoding: 'utf8', content: buffer.toString('utf8') }
    : { encoding: 'base64', content: buffer.toString('base64') };
}
