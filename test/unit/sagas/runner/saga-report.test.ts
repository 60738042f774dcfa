import { describe, expect, it } from 'vitest';
import { reportSaga } from '../../../../sagas/runner/saga-report.ts';
import type { JournalEntry } from '../../../../sagas/runner/saga-state.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { SagaClaim, SagaEnding, SagaFile } from '../../../../shared/ports/sagas.ts';

const at = epochMs(Date.UTC(2026, 10, 21, 8));
const iso = '2026-11-21T08:00:00.000Z';
const claim: SagaClaim = {
  ...{ sagaId: 'SO-1', definition: 'order-fulfilment', phase: 'claimed', facts: {} },
  ...{ startedBy: { source: '/s', id: '1' }, claimedAt: at, enteredAt: at },
};
const journal: readonly JournalEntry[] = [
  { at, what: 'command-sent', step: 'charge-payment', attempt: 1 },
  { at: epochMs(at + 5), what: 'command-sent', step: 'charge-payment', attempt: 3 },
  { at, what: 'undo-sent', step: 'charge-payment', attempt: 1 },
  { at, what: 'undo-failed', step: 'charge-payment', code: 'refund.refused' },
  { at, what: 'undo-held', step: 'reserve-stock' },
];
const ending: SagaEnding = {
  ...{ outcome: 'needs-human', at, facts: {}, journal, seen: ['r-1'] },
  reason: { code: 'payment.declined', detail: 'no funds' },
  stuck: [{ step: 'charge-payment', status: 'failed' }],
};

function fileOf(fields: Partial<SagaClaim> | undefined): SagaFile {
  const reply = { commandId: 'c', outcome: 'done', receivedAt: at } as const;
  return {
    stored: fields && { claim: { ...claim, ...fields }, etag: '1' },
    replies: [
      { ...reply, id: 'r-1' },
      { ...reply, id: 'r-2' },
    ],
    cancels: [{ id: 'c-1', code: 'saga.cancelled', detail: '', receivedAt: at }],
  };
}

describe('reportSaga', () => {
  it('shows a cancel that waits for its saga', () => {
    const report = reportSaga('SO-1', fileOf(undefined), undefined);
    expect(report).toMatchObject({ state: 'awaited', definition: null, cancels: [{ at: iso }] });
  });

  it('shows a saga that no run has entered yet as accepted', () => {
    expect(reportSaga('SO-1', fileOf({}), undefined)).toMatchObject({
      ...{ state: 'accepted', instance: null, claimedAt: iso },
    });
  });

  it('takes what a running saga shows of itself from its instance', () => {
    const view = { phase: 'compensating', reason: ending.reason, journal, omitted: 0 };
    const report = reportSaga('SO-1', fileOf({ phase: 'running' }), { state: 'running', view });
    expect(report).toMatchObject({
      ...{ state: 'compensating', instance: 'running', endedAt: null },
      reason: { code: 'payment.declined' },
      commands: [
        { id: 'SO-1/charge-payment', kind: 'do', attempts: 3, at: iso },
        { id: 'SO-1/charge-payment/undo', kind: 'undo', attempts: 1 },
      ],
      compensations: [
        { step: 'charge-payment', status: 'failed' },
        { step: 'reserve-stock', status: 'held' },
      ],
    });
    expect(report.timeline).toHaveLength(journal.length);
    expect(report.replies.some(({ isLate }) => isLate)).toBe(false);
  });

  it('says when the instance of a saga that should run is gone', () => {
    const report = reportSaga('SO-1', fileOf({ phase: 'running' }), undefined);
    expect(report).toMatchObject({ state: 'running', instance: 'missing', timeline: [] });
  });

  it('shows how a saga ended, what is stuck, and which replies came too late', () => {
    const report = reportSaga('SO-1', fileOf({ phase: 'closed', ending }), undefined);
    expect(report).toMatchObject({
      ...{ state: 'needs-human', endedAt: iso, reason: { code: 'payment.declined' } },
      stuck: [{ step: 'charge-payment' }],
    });
    expect(report.replies.map(({ isLate }) => isLate)).toEqual([false, true]);
  });

  it('shows a completed saga on its way back, and after it, with both journals', () => {
    const completed: SagaEnding = { ...ending, outcome: 'completed', stuck: [] };
    const returning = { phase: 'returning', ending: completed } as const;
    expect(reportSaga('SO-1', fileOf(returning), undefined).state).toBe('compensating');
    const returnEnding: SagaEnding = { ...completed, outcome: 'compensated', seen: ['r-2'] };
    const report = reportSaga(
      'SO-1',
      fileOf({ phase: 'closed', ending: completed, returnEnding }),
      undefined,
    );
    expect(report.state).toBe('compensated');
    expect(report.timeline).toHaveLength(2 * journal.length);
    expect(report.replies.some(({ isLate }) => isLate)).toBe(false);
  });
});
