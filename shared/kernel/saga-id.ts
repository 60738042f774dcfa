/**
 * Longest saga id. A durable instance id has at most 100 characters, of which the instance that
 * compensates a completed saga takes a few for itself.
 */
const maxLength = 90;

/** Characters that mean nothing to a URL, a table key or a session, spelled as they are. */
const unsafe = /[^A-Za-z0-9._-]/gu;
const dotsOnly = /^\.+$/;
const sagaId = /^(?:[A-Za-z0-9._-]|=[0-9A-F]{2})+$/;

/**
 * A business key as saga id: the name of its durable instance and the session of its messages, which
 * nobody encodes again on the way. Letters, digits, `.`, `_` and `-` stay; every byte of any other
 * character is spelled `=` and two hexadecimal digits, so that no two keys share an id. Undefined for
 * a key that is empty, too long (90 characters when spelled) or no well-formed text.
 */
export function toSagaId(key: string): string | undefined {
  if (key === '' || key.length > maxLength || !key.isWellFormed()) return undefined;
  // A URL takes a path segment of dots for a step upwards.
  const id = dotsOnly.test(key) ? key.replaceAll('.', '=2E') : key.replace(unsafe, spell);
  return id.length <= maxLength ? id : undefined;
}

/** Whether a text could be a saga id, as `toSagaId` spells it. */
export function isSagaId(text: string): boolean {
  return text.length <= maxLength && sagaId.test(text) && !dotsOnly.test(text);
}

function spell(character: string): string {
  return Array.from(new TextEncoder().encode(character), hexOf).join('');
}

function hexOf(byte: number): string {
  return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
