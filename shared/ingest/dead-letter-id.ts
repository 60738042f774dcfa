import { createHash } from 'node:crypto';
import { nameUuid } from '../kernel/name-uuid.ts';
import type { Position } from '../ports/claims.ts';

/** The namespace of our dead letters: a random UUID, fixed for ever. */
const namespace = Buffer.from('6f0b5a1e9c5d4d0e8a1f2f7c1be9d3a4', 'hex');

/** The id of the dead letter of a position, so that whoever writes it gives it the same id. */
export function deadLetterId({ author, sequenceNumber, index }: Position): string {
  const name = `${author}#${sequenceNumber}#${index}`;
  return nameUuid(createHash('sha1').update(namespace).update(name).digest());
}
