import { epochMs, type Clock, type DurationMs } from '../../kernel/time.ts';
import type { HandledEvents, Inbox } from '../../ports/inbox.ts';

export interface LookupInboxOptions {
  /** Decides between copies that arrive together; its rows may be forgotten soon. */
  readonly inbox: Inbox;
  readonly history: HandledEvents;
  readonly clock: Clock;
  /** How far back a lookup goes. */
  readonly window: DurationMs;
}

/**
 * A short memory that claims first, and a long one that is only looked up by the holder of the
 * claim: Bronze-sized history without keeping a row per event in Table Storage for ever. The event
 * is recorded before its lease is settled, so that a crash between the two finds it recorded.
 * Source: SPEC S0-43 (Delta table lookup).
 */
export function createLookupInbox({ inbox, history, clock, window }: LookupInboxOptions): Inbox {
  return {
    enter: async (key, payloadHash, arrival) => {
      const entry = await inbox.enter(key, payloadHash, arrival);
      if (entry.kind !== 'acquired') return entry;
      const handled = await history.find(key, epochMs(clock.now() - window));
      if (handled === undefined) return entry;
      if (handled.payloadHash === payloadHash) {
        await inbox.complete(entry.lease, handled.result);
        return { kind: 'done', result: handled.result };
      }
      await inbox.release(entry.lease);
      return { kind: 'payload-mismatch' };
    },
    complete: async (lease, result) => {
      await history.record(lease.key, { payloadHash: lease.payloadHash, result }, clock.now());
      await inbox.complete(lease, result);
    },
    release: (lease) => inbox.release(lease),
  };
}
