import { describe, expect, it } from 'vitest';
import { createMemoryInboxStore } from '../../../../../shared/idempotency/inbox/memory-inbox-store.ts';
import { durationMs, epochMs } from '../../../../../shared/kernel/time.ts';
import { inboxStoreContract } from '../../../../support/contracts/inbox-store.ts';

const window = durationMs(3_600_000);

inboxStoreContract('memory window', (clock) =>
  Promise.resolve(createMemoryInboxStore({ clock, window })),
);

describe('memory window', () => {
  it('forgets a key once its window has passed', async () => {
    let now = epochMs(Date.UTC(2026, 0, 1));
    const store = createMemoryInboxStore({ clock: { now: () => now }, window });
    const key = { consumer: 'c', source: 's', id: 'i' };
    const row = {
      state: 'done',
      fencingNumber: 1,
      leaseUntil: now,
      payloadHash: '',
      result: '',
      changedAt: now,
    } as const;
    await store.insert(key, row);
    now = epochMs(now + window - 1);
    expect(await store.read(key)).toBeDefined();
    now = epochMs(now + 1);
    expect(await store.read(key)).toBeUndefined();
  });
});
