import { createCipheriv } from 'node:crypto';
import { canonicalise } from '../kernel/json-text-canonical.ts';
import type { PersonalContext, PersonalField, Privacy } from '../ports/privacy.ts';
import { deriveKeys, hmacOf } from './privacy-keys.ts';
import type { DerivedKeys, PrivacyKey } from './privacy-keys.ts';
import { formatProtected } from './protected-value.ts';

/** Bytes of a token: 128 bits, so that two values of one kind do not meet by chance. */
const tokenBytes = 16;
export const nonceBytes = 12;
export const cipher = 'aes-256-gcm';

/**
 * Protects personal values with one key.
 * Errors: `config.invalid` (permanent) for a key of the wrong form.
 */
export function createPrivacy(key: PrivacyKey): Privacy {
  const keys = deriveKeys(key);
  return {
    protect(value, field, context) {
      const protectedValue =
        field.treatment === 'tokenise'
          ? ({ scheme: 'tok', keyId: key.id, bytes: tokenOf(keys, value, field) } as const)
          : ({
              scheme: 'enc',
              keyId: key.id,
              bytes: encrypt(keys, value, binding(field, context)),
            } as const);
      return `"${formatProtected(protectedValue)}"`;
    },
  };
}

/** What an encrypted value is bound to: it does not decrypt in another event or field. */
export function binding(field: PersonalField, context: PersonalContext): readonly string[] {
  return [context.source, context.id, field.pointer, field.kind];
}

export function additionalData(bound: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(bound));
}

/** Spelling does not matter: two texts of one value have one token. */
function tokenOf(keys: DerivedKeys, value: string, field: PersonalField): Buffer {
  const canonical = canonicalise(value, 0).text;
  return hmacOf(keys.token, [field.kind, canonical]).subarray(0, tokenBytes);
}

/**
 * AES-256-GCM of the value's exact text. The nonce is an HMAC of the text and all it is bound to,
 * as in a synthetic IV: a repeated read gives the same bytes, and a nonce comes back only with the
 * very same text in the very same place, which reveals nothing new.
 */
function encrypt(keys: DerivedKeys, value: string, bound: readonly string[]): Buffer {
  const nonce = hmacOf(keys.nonce, [...bound, value]).subarray(0, nonceBytes);
  const sealing = createCipheriv(cipher, keys.encryption, nonce);
  sealing.setAAD(additionalData(bound));
  const sealed = [sealing.update(value, 'utf8'), sealing.final(), sealing.getAuthTag()];
  return Buffer.concat([nonce, ...sealed]);
}
