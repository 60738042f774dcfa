import type { HmacSha256 } from './hmac-sha256.ts';

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
export function payloadHash(hmac: HmacSha256, { type, subject, data }: HashedContent): string {
  return `v1:${hmac.digest(`${framed(type)}${subject === null ? '-' : framed(subject)}${data}`)}`;
}

/** With its length, so that no two contents make one text. */
function framed(text: string): string {
  return `${text.length}:${text}`;
}
