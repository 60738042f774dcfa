import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createLeasedInbox } from '../../../shared/idempotency/inbox/leased-inbox.ts';
import type { InboxStore } from '../../../shared/idempotency/inbox/inbox-store.ts';
import { addDuration, durationMs, epochMs, type EpochMs } from '../../../shared/kernel/time.ts';
import type { Inbox, InboxKey, InboxLease } from '../../../shared/ports/inbox.ts';

const lease = durationMs(20_000);

/** A clock that only moves when somebody waits or the test says so. */
function createFakeTime() {
  let now: EpochMs = epochMs(Date.UTC(2026, 10, 21));
  const pass = (ms: number): void => {
    now = addDuration(now, durationMs(ms));
  };
  return {
    clock: { now: () => now },
    pass,
    wait: (duration: number) => {
      pass(duration);
      return new Promise<void>((resolve) => setImmediate(resolve));
    },
  };
}

function newKey(): InboxKey {
  return { consumer: "orders 'x'", source: '/erp/sap/../sales', id: `__proto__'${randomUUID()}` };
}

async function acquire(inbox: Inbox, key: InboxKey): Promise<InboxLease> {
  const entry = await inbox.enter(key, 'v1:hash');
  if (entry.kind !== 'acquired') throw new Error(`expected a lease, got ${entry.kind}`);
  return entry.lease;
}

/** What every store behind the leased inbox must make true. */
export function inboxStoreContract(
  name: string,
  open: (clock: { now(): EpochMs }) => Promise<InboxStore>,
): void {
  describe(`Inbox contract: ${name}`, () => {
    async function openInbox() {
      const time = createFakeTime();
      const store = await open(time.clock);
      return { time, store, inbox: createLeasedInbox({ store, ...time, lease }) };
    }

    it('lets exactly one of many concurrent deliveries run the handler', async () => {
      const { inbox } = await openInbox();
      const key = newKey();
      const deliver = async (): Promise<string> => {
        const entry = await inbox.enter(key, 'v1:hash');
        if (entry.kind === 'acquired') {
          await inbox.complete(entry.lease, 'the reply');
          return 'ran';
        }
        return entry.kind === 'done' ? entry.result : entry.kind;
      };
      const outcomes = await Promise.all(Array.from({ length: 20 }, deliver));
      expect(outcomes.filter((outcome) => outcome === 'ran')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'the reply')).toHaveLength(19);
    });

    it('repeats the stored reply to a later copy', async () => {
      const { inbox } = await openInbox();
      const key = newKey();
      await inbox.complete(await acquire(inbox, key), '{"ok":true}');
      expect(await inbox.enter(key, 'v1:hash')).toEqual({ kind: 'done', result: '{"ok":true}' });
    });

    it('refuses the same key with another payload', async () => {
      const { inbox } = await openInbox();
      const key = newKey();
      await inbox.complete(await acquire(inbox, key), '');
      expect(await inbox.enter(key, 'v1:other')).toEqual({ kind: 'payload-mismatch' });
    });

    it('makes a copy wait out a live lease, then takes over with a higher fencing number', async () => {
      const { inbox, time } = await openInbox();
      const key = newKey();
      const first = await acquire(inbox, key);
      const startedAt = time.clock.now();
      const second = await acquire(inbox, key);
      expect(time.clock.now() - startedAt).toBe(lease);
      expect(second.fencingNumber).toBeGreaterThan(first.fencingNumber);
    });

    it('fences a handler that outlived its lease', async () => {
      const { inbox } = await openInbox();
      const key = newKey();
      const slow = await acquire(inbox, key);
      const taker = await acquire(inbox, key);
      await expect(inbox.complete(slow, 'late')).rejects.toMatchObject({
        code: 'inbox.lease_lost',
      });
      await inbox.complete(taker, 'right');
      expect(await inbox.enter(key, 'v1:hash')).toEqual({ kind: 'done', result: 'right' });
    });

    it('keeps the row of a failed handler, so that fencing numbers never restart (counterexample 18)', async () => {
      const { inbox, time } = await openInbox();
      const key = newKey();
      const failed = await acquire(inbox, key);
      await inbox.release(failed);
      const startedAt = time.clock.now();
      const next = await acquire(inbox, key);
      expect(time.clock.now()).toBe(startedAt);
      expect(next.fencingNumber).toBe(failed.fencingNumber + 1);
    });

    it('accepts a completion whose answer was lost and that is sent again', async () => {
      const { inbox } = await openInbox();
      const held = await acquire(inbox, newKey());
      await inbox.complete(held, 'reply');
      await expect(inbox.complete(held, 'reply')).resolves.toBeUndefined();
    });

    it('keeps keys apart that differ only in where source ends and id begins', async () => {
      const { inbox } = await openInbox();
      const id = randomUUID();
      await inbox.complete(await acquire(inbox, { consumer: 'c', source: 'ab', id: `c${id}` }), '');
      const entry = await inbox.enter({ consumer: 'c', source: 'abc', id }, 'v1:hash');
      expect(entry.kind).toBe('acquired');
    });

    it('forgets settled rows of one consumer before an instant and nothing else', async () => {
      const { inbox, store, time } = await openInbox();
      const consumer = `forgetful-${randomUUID()}`;
      const key = (id: string): InboxKey => ({ consumer, source: 's', id });
      await inbox.complete(await acquire(inbox, key('old')), '');
      const running = await acquire(inbox, key('running'));
      time.pass(1_000);
      const cut = time.clock.now();
      time.pass(1_000);
      await inbox.complete(await acquire(inbox, key('new')), '');
      expect(await store.forget(consumer, cut)).toBe(1);
      expect((await inbox.enter(key('old'), 'v1:hash')).kind).toBe('acquired');
      expect((await inbox.enter(key('new'), 'v1:hash')).kind).toBe('done');
      await expect(inbox.complete(running, '')).resolves.toBeUndefined();
    });
  });
}
