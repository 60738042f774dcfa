const unsafe = /[^A-Za-z0-9_.@:-]/gu;

/** Longer ids are refused: a key of a table holds 512 characters, and escaping triples some. */
export const maxInstanceIdLength = 150;

/** The partition of an instance: reversible, and nothing but characters that every key may hold. */
export function toPartitionKey(instanceId: string): string {
  return instanceId.replaceAll(unsafe, (character) =>
    [...Buffer.from(character)].map((byte) => `!${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}
