import type { Inbox } from '../../ports/inbox.ts';

/**
 * No memory at all, for handlers whose effect may be repeated: setting a status, an upsert, a
 * delete by id. An increment or an append is not such an effect. Source: SPEC S1-18, S1-22.
 */
export function createNaturalInbox(): Inbox {
  return {
    enter: (key, payloadHash) =>
      Promise.resolve({
        kind: 'acquired',
        lease: { key, fencingNumber: 1, payloadHash, etag: '' },
      }),
    complete: () => Promise.resolve(),
    release: () => Promise.resolve(),
  };
}
