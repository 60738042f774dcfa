import { describe, expect, it } from 'vitest';
import { createLeasedInbox } from '../../../../shared/idempotency/inbox/leased-inbox.ts';
import { createMemoryInboxStore } from '../../../../shared/idempotency/inbox/memory-inbox-store.ts';
import { actOnce } from '../../../../shared/ingest/act-once.ts';
import { durationMs, epochMs } from '../../../../shared/kernel/time.ts';

const clock = { now: () => epochMs(Date.UTC(2026, 10, 21)) };
const delivery = { key: { consumer: 'orders', source: '/erp', id: '1' }, payloadHash: 'v1:a' };

function openInbox() {
  return createLeasedInbox({
    store: createMemoryInboxStore({ clock, window: durationMs(60_000) }),
    clock,
    wait: () => Promise.resolve(),
    lease: durationMs(1_000),
  });
}

describe('acting once', () => {
  it('runs the handler for the first copy and repeats its reply to the second', async () => {
    const inbox = openInbox();
    let runs = 0;
    const handler = () => Promise.resolve(`reply ${++runs}`);
    expect(await actOnce(inbox, delivery, handler)).toEqual({ kind: 'handled', result: 'reply 1' });
    expect(await actOnce(inbox, delivery, handler)).toEqual({
      kind: 'repeated',
      result: 'reply 1',
    });
    expect(runs).toBe(1);
  });

  it('gives the row back when the handler fails, so that a redelivery runs at once with a higher number', async () => {
    const inbox = openInbox();
    const fencingNumbers: number[] = [];
    const failing = (fencingNumber: number): Promise<string> => {
      fencingNumbers.push(fencingNumber);
      return Promise.reject(new Error('the order system is down'));
    };
    await expect(actOnce(inbox, delivery, failing)).rejects.toThrow('the order system is down');
    await expect(actOnce(inbox, delivery, failing)).rejects.toThrow('the order system is down');
    expect(fencingNumbers).toEqual([1, 2]);
  });

  it('tells a copy with another payload apart', async () => {
    const inbox = openInbox();
    await actOnce(inbox, delivery, () => Promise.resolve(''));
    const other = { ...delivery, payloadHash: 'v1:b' };
    expect(await actOnce(inbox, other, () => Promise.resolve(''))).toEqual({
      kind: 'payload-mismatch',
    });
  });
});
