import { createHash } from 'node:crypto';

/**
 * The UUID of a name within a namespace: the same for whoever makes it.
 * Source: RFC 9562, section 5.5 (UUID version 5).
 */
export function nameUuid(namespace: Uint8Array, name: string): string {
  const hash = createHash('sha1').update(namespace).update(name);
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
