import { createHash } from 'node:crypto';

/** Longer keys are hashed: a foreign broker may hold anything. */
const maxLength = 200;

/**
 * The order that a message belongs to: those of one session of one entity are handled one after the
 * other. Never ambiguous, at most 200 characters, well-formed.
 */
export function orderKeyOf(origin: string, sessionId: string): string {
  const text = JSON.stringify([origin, sessionId]);
  if (text.length <= maxLength) return text;
  return `sha256:${createHash('sha256').update(text).digest('base64url')}`;
}
