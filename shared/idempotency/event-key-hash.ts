import { hash } from 'node:crypto';
import type { EventKey } from '../ports/events.ts';

/**
 * A Table Storage key for an event: 64 hexadecimal digits. Producers choose `source` and `id`, so
 * neither reaches a key unhashed; the length prefix keeps `a` + `bc` apart from `ab` + `c`, and
 * UTF-16 keeps lone surrogates apart, which UTF-8 cannot spell.
 */
export function hashEventKey({ source, id }: EventKey): string {
  return hash('sha256', Buffer.from(`${source.length}:${source}${id}`, 'utf16le'));
}
