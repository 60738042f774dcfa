import { createHmac } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** What two copies of an event must have in common. */
export interface HashedContent {
  readonly type: string;
  readonly subject: string | null;
  /** Canonical JSON of `data`, or base64 of its bytes. */
  readonly data: string;
}

/**
 * `v1:` and an HMAC-SHA-256 over type, subject and `data`. Keyed, because a stored plain hash of few
 * personal values could be undone by trying them all.
 */
export function payloadHash(key: KeyObject, { type, subject, data }: HashedContent): string {
  const text = `${JSON.stringify([type, subject])}${data}`;
  return `v1:${createHmac('sha256', key).update(text).digest('base64url')}`;
}
