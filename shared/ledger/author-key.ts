import { createHash } from 'node:crypto';
import type { Author } from '../kernel/author.ts';

/** Table Storage takes keys of 512 characters. */
const maxKeyLength = 400;

/**
 * An author as a partition key: letters, digits, dots and hyphens stay, every other byte becomes
 * `_` and two hexadecimal digits, so that no two authors share a key and none can leave a filter.
 * A longer key ends with a hash.
 */
export function authorKey(author: Author): string {
  const key = author.replace(/[^A-Za-z0-9.-]/gu, escapeCharacter);
  if (key.length <= maxKeyLength) return key;
  const hash = createHash('sha256').update(author, 'utf16le').digest('hex');
  return `${key.slice(0, maxKeyLength)}__${hash}`;
}

function escapeCharacter(character: string): string {
  const hex = Buffer.from(character, 'utf8').toString('hex');
  return hex.replaceAll(/../g, (byte) => `_${byte}`);
}
