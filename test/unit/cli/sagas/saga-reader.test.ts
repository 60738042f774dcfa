import { describe, expect, it } from 'vitest';
import { createSagaReader } from '../../../../cli/sagas/saga-reader.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { ListedSaga } from '../../../../shared/ports/saga-listing.ts';

const now = epochMs(1_777_600_100_000);
const startedAt = epochMs(1_777_600_000_000);

function saga(sagaId: string, phase: ListedSaga['phase'], reason = ''): ListedSaga {
  return {
    ...{ sagaId, phase, reason, definition: 'order-fulfilment', variant: 'orchestration' },
    ...{ startedAt, changedAt: startedAt },
  };
}

/** A reader of these sagas, and whom it has asked to check the balance. */
function readerOf(listed: readonly ListedSaga[], open: readonly ListedSaga[] = []) {
  const asked = { open: 0, balance: [] as string[][] };
  const reader = createSagaReader({
    listing: {
      list: (phase) =>
        Promise.resolve({ sagas: listed.filter((one) => one.phase === phase), next: undefined }),
    },
    readOpen: () => {
      asked.open += 1;
      return Promise.resolve(open);
    },
    checkBalance: (ended) => {
      asked.balance.push(ended.map(({ sagaId }) => sagaId));
      return Promise.resolve({ checked: ended.length, violations: [] });
    },
    clock: { now: () => now },
  });
  return { reader, asked };
}

describe('reading sagas', () => {
  it('compares those that have ended with what their participants keep', async () => {
    const listed = [saga('a', 'running'), saga('b', 'completed'), saga('c', 'needs-human')];
    const { reader, asked } = readerOf(listed);
    const { report } = await reader.read(undefined);
    expect(report).toMatchObject({ readAt: now, sagas: { started: 3, running: 1 } });
    expect(report.invariants.checked).toBe(2);
    expect(asked.balance).toEqual([['b', 'c']]);
  });

  it('lists the phase that was asked for', async () => {
    const { reader } = readerOf([saga('a', 'completed'), saga('b', 'compensated')]);
    expect((await reader.read('compensated')).listed?.map(({ sagaId }) => sagaId)).toEqual(['b']);
    expect((await reader.read(undefined)).listed).toBeUndefined();
  });

  it('knows a saga that is claimed and not listed yet', async () => {
    const { reader } = readerOf([saga('a', 'completed')], [saga('b', 'running')]);
    expect((await reader.read(undefined)).report.sagas).toMatchObject({ started: 2, running: 1 });
  });

  it('takes a completed saga that is to be sent back for one that runs', async () => {
    const { reader, asked } = readerOf([saga('a', 'completed')], [saga('a', 'compensating')]);
    const { report } = await reader.read(undefined);
    expect(report.sagas).toMatchObject({ started: 1, completed: 0, running: 1 });
    expect(asked.balance).toEqual([[]]);
  });

  it('keeps what the list says of a saga that is under way', async () => {
    const listed = saga('a', 'compensating', 'payment.declined');
    const { reader } = readerOf([listed], [saga('a', 'running')]);
    expect((await reader.read(undefined)).report.active).toEqual([listed]);
  });
});

describe('glancing at sagas', () => {
  it('reads no more than the list while sagas run', async () => {
    const { reader, asked } = readerOf([saga('a', 'running'), saga('b', 'completed')]);
    const report = await reader.glance();
    expect(report.sagas).toMatchObject({ started: 2, running: 1 });
    expect(report).not.toHaveProperty('invariants');
    expect(asked).toEqual({ open: 0, balance: [] });
  });

  it('does not say that all have ended while one is claimed and not listed', async () => {
    const { reader, asked } = readerOf([saga('a', 'completed')], [saga('b', 'running')]);
    const report = await reader.glance();
    expect(report.sagas.running).toBe(1);
    expect(report).not.toHaveProperty('invariants');
    expect(asked.balance).toEqual([]);
  });

  it('checks the balance when all have ended', async () => {
    const { reader, asked } = readerOf([saga('a', 'completed'), saga('b', 'compensated')]);
    expect((await reader.glance()).invariants).toEqual({ checked: 2, violations: [] });
    expect(asked.balance).toEqual([['a', 'b']]);
  });
});
