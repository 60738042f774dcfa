import { describe, expect, it } from 'vitest';
import { countLetters } from '../../../../cli/reconcile/letter-counts.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { Tally } from '../../../../shared/ports/dead-letter-desk.ts';
import type { Alert } from '../../../../shared/ports/dead-letter-metrics.ts';

function tally(category: Tally['category'], counts: Partial<Tally['counts']>): Tally {
  return {
    ...{ origin: 'orders', type: 't', code: 'c', category, failureGroup: 't c' },
    counts: { open: 0, replayed: 0, discarded: 0, purged: 0, ...counts },
    ...{ firstAt: epochMs(0), lastAt: epochMs(0), hours: [], steps: [] },
  };
}

function alert(fields: Partial<Alert>): Alert {
  return {
    ...{
      rule: 'growth',
      scope: { kind: 'origin', name: 'orders' },
      value: 70,
      limit: 10,
      level: 1,
    },
    ...{ status: 'raised', raisedAt: epochMs(0), changedAt: epochMs(0) },
    ...fields,
  };
}

describe('countLetters', () => {
  it('counts what is open by category, and everything else as resolved', () => {
    const tallies = [
      tally('schema', { open: 2, replayed: 1 }),
      tally('schema', { open: 3, discarded: 1 }),
      tally('timeout', { open: 1, purged: 5 }),
    ];
    expect(countLetters(tallies, [])).toEqual({
      open: 6,
      resolved: 7,
      byCategory: { schema: 5, processing: 0, timeout: 1, poison: 0 },
      alerts: [],
    });
  });

  it('names the alerts that are raised, with the role that is told', () => {
    const total = alert({ rule: 'any', scope: { kind: 'total', name: '' }, value: 7, limit: 0 });
    const { alerts } = countLetters([], [total, alert({}), alert({ status: 'resolved' })]);
    expect(alerts).toEqual([
      { rule: 'any', role: 'data-engineering', scope: 'total', value: 7, limit: 0 },
      { rule: 'growth', role: 'investigation', scope: 'origin orders', value: 70, limit: 10 },
    ]);
  });
});
