import type { Inbox, InboxKey } from '../ports/inbox.ts';

export interface Delivery {
  readonly key: InboxKey;
  readonly payloadHash: string;
  /** Whether it replays a dead letter. */
  readonly isReplay?: boolean;
}

export type ActOutcome =
  | { readonly kind: 'handled'; readonly result: string }
  /** Handled before; `result` is the reply of that time. */
  | { readonly kind: 'repeated'; readonly result: string }
  | { readonly kind: 'payload-mismatch' };

/**
 * Runs a handler with effects once per event. A crash before the result is stored repeats the
 * handler, so its effects must be keyed by consumer, source and id; the fencing number lets them
 * refuse a handler that was overtaken.
 * Errors: those of the handler, after the inbox row has been given back.
 */
export async function actOnce(
  inbox: Inbox,
  delivery: Delivery,
  handler: (fencingNumber: number) => Promise<string>,
): Promise<ActOutcome> {
  const { key, payloadHash, isReplay = false } = delivery;
  const entry = await inbox.enter(key, payloadHash, { isReplay });
  switch (entry.kind) {
    case 'payload-mismatch':
      return { kind: 'payload-mismatch' };
    case 'done':
      return { kind: 'repeated', result: entry.result };
    case 'acquired':
      try {
        const result = await handler(entry.lease.fencingNumber);
        await inbox.complete(entry.lease, result);
        return { kind: 'handled', result };
      } catch (error) {
        // Without the release a redelivery would wait for the lease; if it fails, the lease ends by itself.
        await inbox.release(entry.lease).catch(() => undefined);
        throw error;
      }
  }
}
