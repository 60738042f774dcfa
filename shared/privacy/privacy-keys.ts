import { createHmac, hkdfSync } from 'node:crypto';
import { AppError } from '../kernel/app-error.ts';

/** A secret with the name that stored values carry, so that keys can be replaced. */
export interface PrivacyKey {
  /** 1 to 32 of `[A-Za-z0-9_-]`. */
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/** One key per purpose, so that no output of one helps against another. */
export interface DerivedKeys {
  readonly token: Uint8Array;
  readonly encryption: Uint8Array;
  readonly nonce: Uint8Array;
}

/** Errors: `config.invalid` (permanent) for an id or secret of the wrong form. */
export function deriveKeys(key: PrivacyKey): DerivedKeys {
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(key.id) || key.secret.length !== 32) {
    throw new AppError('config.invalid', 'A privacy key has an id of [A-Za-z0-9_-] and 32 bytes', {
      kind: 'permanent',
    });
  }
  const derive = (purpose: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', key.secret, '', `bronzeflow privacy ${purpose} v1`, 32));
  return { token: derive('token'), encryption: derive('encryption'), nonce: derive('nonce') };
}

/** HMAC-SHA-256 over texts, each with its length, so that no two lists of texts are alike. */
export function hmacOf(key: Uint8Array, texts: readonly string[]): Buffer {
  const hmac = createHmac('sha256', key);
  for (const text of texts) hmac.update(`${text.length}:${text}`);
  return hmac.digest();
}
