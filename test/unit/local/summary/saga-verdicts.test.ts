import { describe, expect, it } from 'vitest';
import {
  findMissingSagas,
  findSagaFaults,
  sagaSignatureOf,
  summarizeSagas,
} from '../../../../local/summary/saga-verdicts.ts';
import { flowOf, sagaCountsOf, sagaReportOf, sagasOf } from '../../../support/observations.ts';

const order = 'order-fulfilment';
const waiting = (name: string, oldest = '1') => ({ name, isStart: false, oldest });

describe('summarizeSagas', () => {
  it('counts the sagas of this run alone, and all that have not ended', () => {
    const former = sagaCountsOf({ completed: 5, running: 2 });
    const before = sagaReportOf({ sagas: former, byDefinition: { [order]: former } });
    const counts = sagaCountsOf({ completed: 8, compensated: 1, needsHuman: 1, running: 1 });
    const now = sagaReportOf({ sagas: counts, byDefinition: { [order]: counts } });
    const expected = { started: 4, completed: 3, compensated: 1, needsHuman: 1, running: 1 };
    expect(summarizeSagas(sagasOf({ before, now }))).toEqual({
      sagas: expected,
      sagasByDefinition: { [order]: expected },
      invariants: { violations: 0 },
    });
  });

  it('leaves out definitions that this run has not touched', () => {
    const counts = sagaCountsOf({ completed: 5 });
    const report = sagaReportOf({ sagas: counts, byDefinition: { [order]: counts } });
    const { sagas, sagasByDefinition } = summarizeSagas(sagasOf({ before: report, now: report }));
    expect([sagas, sagasByDefinition]).toEqual([sagaCountsOf(), {}]);
  });

  it('counts violations, and none while sagas run', () => {
    const violations = ['SO-1: charged 9 EUR, neither shipped nor refunded'];
    const now = sagaReportOf({ invariants: { violations } });
    expect(summarizeSagas(sagasOf({ now })).invariants).toEqual({ violations: 1 });
    const { invariants, ...running } = now;
    expect(invariants).toBeDefined();
    expect(summarizeSagas(sagasOf({ now: running })).invariants).toEqual({ violations: 0 });
  });
});

describe('findMissingSagas', () => {
  it('finds nothing when nothing is on its way and every saga has ended', () => {
    const now = sagaReportOf({ sagas: sagaCountsOf({ completed: 1, needsHuman: 1 }) });
    expect(findMissingSagas(sagasOf({ now }))).toEqual([]);
  });

  it('names the partitions that sagas have not read and the entities with messages', () => {
    const behind = [{ partitionId: '2', read: -1, last: 6 }];
    const stranded = ['queue saga-replies'];
    const flow = flowOf({ behind, waiting: [waiting('queue payment-commands')], stranded });
    expect(findMissingSagas(sagasOf({ flow, quietSince: undefined }))).toEqual([
      'partition 2 of hub events: the sagas have not read 0..6',
      'messages wait in queue payment-commands',
      'dead letters of queue saga-replies wait to be ingested',
    ]);
  });

  it('names the oldest sagas that have not ended and counts the others', () => {
    const active = Array.from({ length: 20 }, (_, index) => ({
      ...{ sagaId: `SO-${index}`, definition: order, phase: 'compensating' },
      startedAt: Date.UTC(2026, 2, 2) + index,
    }));
    const now = sagaReportOf({ sagas: sagaCountsOf({ running: 30 }), active });
    const missing = findMissingSagas(sagasOf({ now }));
    expect(missing[0]).toBe(
      'saga SO-0 (order-fulfilment, started 2026-03-02T00:00:00.000Z) is compensating',
    );
    expect(missing.slice(4)).toEqual([
      expect.stringContaining('SO-4'),
      '... and 25 more saga(s) that have not ended',
    ]);
  });

  it('waits for a list that began to be read when nothing was on its way any more', () => {
    const now = sagaReportOf({ readAt: 99 });
    expect(findMissingSagas(sagasOf({ now, quietSince: 100 }))).toHaveLength(1);
    expect(findMissingSagas(sagasOf({ now, quietSince: 99 }))).toEqual([]);
    expect(findMissingSagas(sagasOf({ now, quietSince: undefined }))).toHaveLength(1);
  });
});

describe('findSagaFaults', () => {
  it('names each violation', () => {
    const violations = ['SO-1: a reservation is left behind'];
    const now = sagaReportOf({ invariants: { violations } });
    expect(findSagaFaults(sagasOf({ now }))).toEqual(['saga SO-1: a reservation is left behind']);
  });
});

describe('sagaSignatureOf', () => {
  it('changes when anything moves, and only then', () => {
    const still = sagasOf();
    const moved = [
      sagasOf({ now: sagaReportOf({ sagas: sagaCountsOf({ running: 1 }) }) }),
      sagasOf({ now: sagaReportOf({ changedAt: 1 }) }),
      sagasOf({ flow: flowOf({ waiting: [waiting('queue orders')] }) }),
      sagasOf({ flow: flowOf({ waiting: [waiting('queue orders', '2')] }) }),
      sagasOf({ flow: flowOf({ behind: [{ partitionId: '0', read: 1, last: 2 }] }) }),
      sagasOf({ flow: flowOf({ stranded: ['queue orders'] }) }),
    ];
    const read = sagasOf({ now: sagaReportOf({ readAt: 5 }), quietSince: 6 });
    expect(sagaSignatureOf(read)).toBe(sagaSignatureOf(still));
    expect(new Set([still, ...moved].map(sagaSignatureOf)).size).toBe(moved.length + 1);
  });
});
