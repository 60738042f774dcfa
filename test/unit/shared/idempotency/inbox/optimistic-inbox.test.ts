import { describe, expect, it } from 'vitest';
import { createMemoryInboxStore } from '../../../../../shared/idempotency/inbox/memory-inbox-store.ts';
import { createNaturalInbox } from '../../../../../shared/idempotency/inbox/natural-inbox.ts';
import { createOptimisticInbox } from '../../../../../shared/idempotency/inbox/optimistic-inbox.ts';
import { durationMs, epochMs } from '../../../../../shared/kernel/time.ts';
import type { Inbox, InboxKey, InboxLease } from '../../../../../shared/ports/inbox.ts';

const clock = { now: () => epochMs(Date.UTC(2026, 10, 21)) };

function openInbox(): Inbox {
  const store = createMemoryInboxStore({ clock, window: durationMs(1_000) });
  return createOptimisticInbox({ store, clock });
}

function versionOf(version: number): InboxKey {
  const entity = { id: 'SO-1', version };
  return { consumer: 'orders', source: '/erp', id: `event-${version}`, entity };
}

async function acquire(inbox: Inbox, key: InboxKey): Promise<InboxLease> {
  const entry = await inbox.enter(key, `hash-${key.id}`);
  if (entry.kind !== 'acquired') throw new Error(`expected a lease, got ${entry.kind}`);
  return entry.lease;
}

describe('optimistic inbox', () => {
  it('lets one of two handlers of a version complete and calls the other a duplicate next time', async () => {
    const inbox = openInbox();
    const [first, second] = [
      await acquire(inbox, versionOf(1)),
      await acquire(inbox, versionOf(1)),
    ];
    await inbox.complete(first, 'reply');
    await expect(inbox.complete(second, 'reply')).rejects.toMatchObject({
      code: 'inbox.lease_lost',
    });
    expect(await inbox.enter(versionOf(1), 'hash-event-1')).toEqual({
      kind: 'done',
      result: 'reply',
    });
  });

  it('skips a version that arrives after a later one', async () => {
    const inbox = openInbox();
    await inbox.complete(await acquire(inbox, versionOf(3)), '');
    expect((await inbox.enter(versionOf(2), 'hash-event-2')).kind).toBe('done');
    expect((await inbox.enter(versionOf(4), 'hash-event-4')).kind).toBe('acquired');
  });

  it('refuses one version with two payloads', async () => {
    const inbox = openInbox();
    await inbox.complete(await acquire(inbox, versionOf(1)), '');
    expect((await inbox.enter(versionOf(1), 'other')).kind).toBe('payload-mismatch');
  });

  it('names an event that carries no entity', async () => {
    const key = { consumer: 'orders', source: '/erp', id: '1' };
    await expect(openInbox().enter(key, '')).rejects.toThrow('orders uses optimistic locking');
  });
});

describe('natural inbox', () => {
  it('lets every delivery run, because its effect may be repeated', async () => {
    const inbox = createNaturalInbox();
    const key = { consumer: 'orders', source: '/erp', id: '1' };
    await inbox.complete(await acquire(inbox, key), '');
    expect((await inbox.enter(key, '')).kind).toBe('acquired');
  });
});
