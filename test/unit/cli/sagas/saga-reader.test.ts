import { describe, expect, it } from 'vitest';
import type { KeptRecord } from '../../../../cli/sagas/kept-record-codec.ts';
import { createSagaReader } from '../../../../cli/sagas/saga-reader.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { ListedSaga } from '../../../../shared/ports/saga-listing.ts';
import { keptOf } from '../../../support/kept-records.ts';

const now = epochMs(1_777_600_100_000);
const startedAt = epochMs(1_777_600_000_000);

function saga(sagaId: string, phase: ListedSaga['phase'], reason = ''): ListedSaga {
  return {
    ...{ sagaId, phase, reason, definition: 'order-fulfilment', variant: 'orchestration' },
    ...{ startedAt, changedAt: startedAt },
  };
}

interface Stored {
  readonly listed: readonly ListedSaga[];
  readonly open?: readonly ListedSaga[];
  readonly kept?: readonly KeptRecord[];
}

/** A reader of what is stored, the last of it for ever; each reading of the list is a step on. */
function readerOf(...steps: readonly [Stored, ...Stored[]]) {
  const asked = { list: 0, open: 0, records: 0 };
  const stored = (): Stored => steps[Math.min(asked.list, steps.length) - 1] ?? steps[0];
  const reader = createSagaReader({
    listing: {
      list: (phase) => {
        if (phase === 'running') asked.list += 1;
        const sagas = stored().listed.filter((one) => one.phase === phase);
        return Promise.resolve({ sagas, next: undefined });
      },
    },
    readOpen: () => {
      asked.open += 1;
      return Promise.resolve(stored().open ?? []);
    },
    readRecords: () => {
      asked.records += 1;
      return Promise.resolve(stored().kept ?? []);
    },
    clock: { now: () => now },
  });
  return { reader, asked };
}

const halfDone = keptOf('b', { through: 'charge-payment' });
const allDone = keptOf('b', { through: 'complete-order' });

describe('reading sagas', () => {
  it('compares them with what their participants keep', async () => {
    const listed = [saga('a', 'running'), saga('b', 'completed')];
    const { report } = await readerOf({ listed, kept: allDone }).reader.read(undefined);
    expect(report).toMatchObject({ readAt: now, sagas: { started: 2, running: 1 } });
    expect(report.invariants).toMatchObject({ checked: 2, violations: [] });
    const { reader } = readerOf({ listed, kept: halfDone });
    const { violations } = (await reader.read(undefined)).report.invariants;
    expect(violations).toContain('b: charged 120.5 EUR, neither shipped nor refunded');
  });

  it('does not take a saga that moves between two readings for one that is wrong', async () => {
    const { reader, asked } = readerOf(
      { listed: [saga('b', 'completed')], kept: halfDone },
      { listed: [saga('b', 'completed')], kept: allDone },
    );
    expect((await reader.read(undefined)).report.invariants.violations).toEqual([]);
    expect(asked.records).toBe(2);
  });

  it('lists the phase that was asked for', async () => {
    const { reader } = readerOf({ listed: [saga('a', 'running'), saga('b', 'needs-human')] });
    expect((await reader.read('running')).listed?.map(({ sagaId }) => sagaId)).toEqual(['a']);
    expect((await reader.read(undefined)).listed).toBeUndefined();
  });

  it('knows a saga that is claimed and not listed yet', async () => {
    const { reader } = readerOf({ listed: [saga('a', 'running')], open: [saga('b', 'running')] });
    expect((await reader.read(undefined)).report.sagas).toMatchObject({ started: 2, running: 2 });
  });

  it('takes a completed saga that is to be sent back for one that runs', async () => {
    const back = saga('b', 'compensating');
    const { reader } = readerOf({ listed: [saga('b', 'completed')], open: [back], kept: halfDone });
    const { report } = await reader.read(undefined);
    expect(report.sagas).toMatchObject({ started: 1, completed: 0, running: 1 });
    expect(report.invariants.violations).toEqual([]);
  });

  it('keeps what the list says of a saga that is under way', async () => {
    const listed = saga('a', 'compensating', 'payment.declined');
    const { reader } = readerOf({ listed: [listed], open: [saga('a', 'running')] });
    expect((await reader.read(undefined)).report.active).toEqual([listed]);
  });
});

describe('glancing at sagas', () => {
  it('reads no more than the list while sagas run', async () => {
    const { reader, asked } = readerOf({ listed: [saga('a', 'running'), saga('b', 'completed')] });
    const report = await reader.glance();
    expect(report.sagas).toMatchObject({ started: 2, running: 1 });
    expect(report).not.toHaveProperty('invariants');
    expect(asked).toMatchObject({ open: 0, records: 0 });
  });

  it('does not say that all have ended while one is claimed and not listed', async () => {
    const listed = [saga('a', 'completed')];
    const { reader, asked } = readerOf({ listed, open: [saga('b', 'running')] });
    const report = await reader.glance();
    expect(report.sagas.running).toBe(1);
    expect(report).not.toHaveProperty('invariants');
    expect(asked.records).toBe(0);
  });

  it('checks the balance when all have ended', async () => {
    const { reader } = readerOf({ listed: [saga('b', 'completed')], kept: allDone });
    expect((await reader.glance()).invariants).toMatchObject({ checked: 1, violations: [] });
  });
});
