import { createHash } from 'node:crypto';
import type { Position } from '../ports/claims.ts';

/** The namespace of our dead letters: a random UUID, fixed for ever. */
const namespace = Buffer.from('6f0b5a1e9c5d4d0e8a1f2f7c1be9d3a4', 'hex');

/**
 * The id of the dead letter of a position, so that whoever writes it gives it the same id.
 * Source: RFC 9562, section 5.5 (UUID version 5).
 */
export function deadLetterId({ author, sequenceNumber, index }: Position): string {
  const hash = createHash('sha1').update(namespace).update(`${author}#${sequenceNumber}#${index}`);
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
