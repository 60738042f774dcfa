/**
 * The UUID of version 5 that a SHA-1 of namespace and name makes.
 * Source: RFC 9562, section 5.5.
 */
export function nameUuid(sha1: Uint8Array): string {
  const bytes = Buffer.from(sha1.subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
