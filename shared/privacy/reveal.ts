import { createDecipheriv } from 'node:crypto';
import { fail, succeed } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import type { PersonalContext, PersonalField } from '../ports/privacy.ts';
import { deriveKeys } from './privacy-keys.ts';
import type { PrivacyKey } from './privacy-keys.ts';
import { additionalData, binding, cipher, nonceBytes } from './privacy.ts';
import { parseProtected } from './protected-value.ts';

type RevealProblem = 'not_encrypted' | 'unknown_key' | 'not_authentic';

/** Gives an encrypted value back as the JSON text that was sent. Callers audit each use. */
export type Reveal = (
  stored: string,
  field: PersonalField,
  context: PersonalContext,
) => Result<string, RevealProblem>;

const tagBytes = 16;

/**
 * Reads values that any of the keys encrypted; older keys stay in the list when a new one comes.
 * Errors: `config.invalid` (permanent) for a key of the wrong form.
 */
export function createReveal(keys: readonly PrivacyKey[]): Reveal {
  const encryptionKeys = new Map(keys.map((key) => [key.id, deriveKeys(key).encryption]));
  return (stored, field, context) => {
    const value = parseProtected(stored);
    if (value?.scheme !== 'enc') return fail('not_encrypted');
    const key = encryptionKeys.get(value.keyId);
    if (key === undefined) return fail('unknown_key');
    return open(key, value.bytes, binding(field, context));
  };
}

function open(
  key: Uint8Array,
  sealed: Uint8Array,
  bound: readonly string[],
): Result<string, RevealProblem> {
  if (sealed.length < nonceBytes + tagBytes) return fail('not_authentic');
  const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes));
  opening.setAAD(additionalData(bound));
  opening.setAuthTag(sealed.subarray(-tagBytes));
  const text = opening.update(sealed.subarray(nonceBytes, -tagBytes));
  try {
    return succeed(Buffer.concat([text, opening.final()]).toString('utf8'));
  } catch {
    // A wrong tag is the only way in which `final` fails: altered, moved, or another key.
    return fail('not_authentic');
  }
}
