import { describe, expect, it } from 'vitest';
import { checkBalance } from '../../../../cli/sagas/check-balance.ts';
import { reportSagas } from '../../../../cli/sagas/saga-report.ts';
import { formatSagas } from '../../../../cli/sagas/format-sagas.ts';
import { noBalance } from '../../../../domain/balance.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { ListedSaga } from '../../../../shared/ports/saga-listing.ts';
import { keptOf } from '../../../support/kept-records.ts';

const readAt = epochMs(1_777_600_100_000);
const startedAt = epochMs(1_777_600_000_000);

function saga(sagaId: string, change: Partial<ListedSaga> = {}): ListedSaga {
  return {
    ...{ sagaId, definition: 'order-fulfilment', variant: 'orchestration' as const },
    ...{ phase: 'completed' as const, startedAt, changedAt: startedAt, reason: '' },
    ...change,
  };
}

const { totals } = checkBalance(
  [saga('SO-1')],
  keptOf('SO-1', { through: 'ship-order', undone: ['ship-order'] }),
);
const balanced = { checked: 6, violations: [], totals: noBalance.totals };
const sagas = [
  saga('SO-1'),
  saga('SO-2', { phase: 'compensated', reason: 'payment.declined' }),
  saga('SO-3', { phase: 'compensated', reason: 'payment.declined' }),
  saga('SO-4', { phase: 'needs-human', reason: 'step.timeout' }),
  saga('SO-5', { phase: 'running' }),
  saga('receipt-1', { phase: 'compensating', definition: 'material-receipt', reason: 'x' }),
];

describe('the report on sagas', () => {
  it('counts sagas by state, in all and by definition', () => {
    const { sagas: counts, byDefinition } = reportSagas(sagas, readAt);
    expect(counts).toEqual({
      ...{ started: 6, completed: 1, compensated: 2, needsHuman: 1, running: 2 },
    });
    expect(Object.keys(byDefinition)).toEqual(['material-receipt', 'order-fulfilment']);
    expect(byDefinition['material-receipt']).toMatchObject({ started: 1, running: 1 });
  });

  it('counts why sagas did not complete', () => {
    const expected = { 'payment.declined': 2, 'step.timeout': 1, x: 1 };
    expect(reportSagas(sagas, readAt).reasons).toEqual(expected);
  });

  it('lists the oldest that run and the newest that wait for a person, twenty of each', () => {
    const many = Array.from({ length: 30 }, (_, index) => [
      saga(`r-${index}`, { phase: 'running', startedAt: epochMs(startedAt + 30 - index) }),
      saga(`h-${index}`, { phase: 'needs-human', changedAt: epochMs(startedAt + index) }),
    ]).flat();
    const { active, needsHuman, changedAt } = reportSagas(many, readAt);
    expect([active.length, active[0]?.sagaId]).toEqual([20, 'r-29']);
    expect([needsHuman.length, needsHuman[0]?.sagaId]).toEqual([20, 'h-29']);
    expect(changedAt).toBe(startedAt + 29);
  });

  it('has invariants only when they were checked', () => {
    expect(reportSagas([], readAt)).not.toHaveProperty('invariants');
    expect(reportSagas([], readAt, balanced).invariants).toBe(balanced);
  });
});

describe('the report on sagas for a person', () => {
  const report = { ...reportSagas(sagas, readAt), invariants: balanced };

  it('shows states, reasons, what waits for a person, what has not ended, and the balance', () => {
    const text = formatSagas(report);
    expect(text).toMatch(/^order-fulfilment +5 +1 +2 +1 +1$/m);
    expect(text).toMatch(/^total +6 +1 +2 +1 +2$/m);
    expect(text).toMatch(/^payment\.declined +2$/m);
    expect(text).toMatch(
      /Waiting for a person:\n[^]*SO-4 +order-fulfilment +needs-human[^]*Not ended:/,
    );
    expect(text).toMatch(/Not ended:\n[^]*receipt-1/);
    expect(text).toMatch(/parcels of 6 saga\(s\) agree with their states\.\n$/);
  });

  it('lists the state that was asked for instead', () => {
    const text = formatSagas(report, sagas.slice(0, 1));
    expect(text).toMatch(/^SO-1 +order-fulfilment +completed/m);
    expect(text).not.toMatch(/SO-4|Not ended/);
  });

  it('says how many more there are', () => {
    const many = Array.from({ length: 23 }, (_, index) =>
      saga(`h-${index}`, { phase: 'needs-human' }),
    );
    const waiting = { ...reportSagas(many, readAt), invariants: balanced };
    expect(formatSagas(waiting)).toContain('... and 3 more\n');
  });

  it('names every violation', () => {
    const violations = ['SO-2: charged 5 EUR, neither shipped nor refunded'];
    const text = formatSagas({ ...report, invariants: { ...balanced, violations } });
    expect(text).toContain(`NOT balanced, 1 violation(s):\n  ${violations[0] ?? ''}\n`);
  });

  it('adds up money, stock and parcels', () => {
    const text = formatSagas({ ...report, invariants: { ...balanced, totals } });
    expect(text).toMatch(/^EUR charged +120\.5 +0 +120\.5$/m);
    expect(text).toMatch(/^units reserved +3 +0 +3$/m);
    expect(text).toMatch(/^parcels shipped +1 +1 +0$/m);
    expect(text).not.toContain('units received');
  });
});
