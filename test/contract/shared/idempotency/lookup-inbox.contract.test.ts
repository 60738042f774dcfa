import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { connectLake, openDeltaTables } from '../../../../shared/bronze/index.ts';
import { createDeltaHandledEvents } from '../../../../shared/bronze/handled-events.ts';
import { createLeasedInbox } from '../../../../shared/idempotency/inbox/leased-inbox.ts';
import { createLookupInbox } from '../../../../shared/idempotency/inbox/lookup-inbox.ts';
import { createMemoryInboxStore } from '../../../../shared/idempotency/inbox/memory-inbox-store.ts';
import { durationMs, epochMs } from '../../../../shared/kernel/time.ts';
import type { Inbox, InboxKey } from '../../../../shared/ports/inbox.ts';

const day = 24 * 60 * 60 * 1_000;
const silent = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };

/** Consumers on one lake; each call is a process with an empty short memory of its own. */
async function openLakeOfInboxes() {
  let now = epochMs(Date.UTC(2026, 10, 21, 12));
  const clock = { now: () => now };
  const container = `lookup-${randomUUID()}`;
  const connection = {
    target: 'blob',
    container,
    connectionString: inject('storageConnection'),
  } as const;
  const lake = connectLake(connection, { newId: randomUUID });
  const { store } = lake;
  await lake.probe();
  const tables = openDeltaTables({ store, clock, newId: randomUUID, log: silent });
  return {
    pass: (ms: number) => {
      now = epochMs(now + ms);
    },
    openInbox: (): Inbox => {
      const memory = createMemoryInboxStore({ clock, window: durationMs(day) });
      return createLookupInbox({
        inbox: createLeasedInbox({
          store: memory,
          clock,
          wait: () => Promise.resolve(),
          lease: durationMs(1_000),
        }),
        history: createDeltaHandledEvents({ tables, store, instanceId: randomUUID() }),
        clock,
        window: durationMs(30 * day),
      });
    },
  };
}

async function handle(inbox: Inbox, key: InboxKey): Promise<void> {
  const entry = await inbox.enter(key, 'v1:hash');
  if (entry.kind !== 'acquired') throw new Error(`expected a lease, got ${entry.kind}`);
  await inbox.complete(entry.lease, 'the reply');
}

const key: InboxKey = { consumer: 'orders', source: "/erp/'; --", id: 'ä\u0000"1' };

describe('Delta lookup inbox', () => {
  it('repeats the reply to a copy that arrives when every short memory is gone', async () => {
    const { openInbox } = await openLakeOfInboxes();
    await handle(openInbox(), key);
    expect(await openInbox().enter(key, 'v1:hash')).toEqual({ kind: 'done', result: 'the reply' });
  });

  it('refuses a late copy with another payload', async () => {
    const { openInbox } = await openLakeOfInboxes();
    await handle(openInbox(), key);
    expect(await openInbox().enter(key, 'v1:other')).toEqual({ kind: 'payload-mismatch' });
  });

  it('looks no further back than its window', async () => {
    const { openInbox, pass } = await openLakeOfInboxes();
    await handle(openInbox(), key);
    pass(31 * day);
    expect((await openInbox().enter(key, 'v1:hash')).kind).toBe('acquired');
  });

  it('records events of many handlers that end together', async () => {
    const { openInbox } = await openLakeOfInboxes();
    const inbox = openInbox();
    const keys = Array.from({ length: 10 }, (_, place) => ({ ...key, id: `event-${place}` }));
    await Promise.all(keys.map((one) => handle(inbox, one)));
    const later = openInbox();
    const entries = await Promise.all(keys.map((one) => later.enter(one, 'v1:hash')));
    expect(entries.every(({ kind }) => kind === 'done')).toBe(true);
  });
});
