import { describe, expect, it } from 'vitest';
import {
  arrivedSince,
  flowsByScope,
  measureHour,
  normalRate,
  scopeKey,
} from '../../../../shared/deadletter/metrics.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { Tally } from '../../../../shared/ports/dead-letter-desk.ts';

const hour = 493_900;

function tally(fields: Partial<Tally> = {}): Tally {
  return {
    ...{ origin: 'events', type: 'erp.order', code: 'x', category: 'schema' },
    failureGroup: 'erp.order x',
    counts: { open: 4, replayed: 0, discarded: 2, purged: 0 },
    firstAt: epochMs(0),
    lastAt: epochMs(1),
    hours: [
      { hour, arrived: 5, settled: 0, reopened: 0 },
      { hour: hour + 1, arrived: 1, settled: 3, reopened: 1 },
    ],
    steps: [
      [hour * 12, 5],
      [hour * 12 + 13, 1],
    ],
    ...fields,
  };
}

describe('flowsByScope', () => {
  it('adds up all dead letters and those of each origin, type and category', () => {
    const flows = flowsByScope([
      tally(),
      tally({ type: 'mes.alarm', category: 'poison' }),
      tally({ origin: 'orders', counts: { open: 1, replayed: 0, discarded: 0, purged: 0 } }),
    ]);
    const opens = Object.fromEntries(
      flows.map(({ scope, open }) => [scopeKey(scope).replace('\n', ' '), open]),
    );
    expect(opens).toEqual({
      ...{ 'total ': 9, 'origin events': 8, 'origin orders': 1 },
      ...{ 'type erp.order': 5, 'type mes.alarm': 4, 'category schema': 5, 'category poison': 4 },
    });
    expect(flows[0]?.scope.kind).toBe('total');
  });

  it('has a total of nothing when there is nothing', () => {
    expect(flowsByScope([])).toEqual([
      { scope: { kind: 'total', name: '' }, open: 0, hours: [], steps: [] },
    ]);
  });
});

describe('measureHour', () => {
  const [total] = flowsByScope([tally()]);

  it('knows what was open at the end of an hour that is long over', () => {
    expect(total && measureHour(total, hour)).toMatchObject({ arrived: 5, settled: 0, depth: 5 });
    expect(total && measureHour(total, hour + 1)).toMatchObject({
      ...{ arrived: 1, settled: 3, reopened: 1, depth: 4 },
    });
    expect(total && measureHour(total, hour - 1)).toMatchObject({ arrived: 0, depth: 0 });
    expect(total && measureHour(total, hour + 2)).toMatchObject({ arrived: 0, depth: 4 });
  });

  it('counts arrivals from a step of five minutes on', () => {
    expect(total && arrivedSince(total, hour * 12)).toBe(6);
    expect(total && arrivedSince(total, hour * 12 + 1)).toBe(1);
    expect(total && arrivedSince(total, hour * 12 + 14)).toBe(0);
  });
});

describe('normalRate', () => {
  it('is the median of the weeks, so that one bad week does not become normal', () => {
    expect(normalRate([10, 12, 5_000, 11], 5)).toBe(11.5);
    expect(normalRate([10, 5_000, 12], 5)).toBe(12);
  });

  it('is the floor for what is quiet, new, or was never measured', () => {
    expect(normalRate([0, 0, 1, 0], 5)).toBe(5);
    expect(normalRate([], 5)).toBe(5);
    expect(normalRate([undefined, undefined], 5)).toBe(5);
  });

  it('leaves out weeks that nobody measured', () => {
    expect(normalRate([undefined, 40, undefined, 60], 5)).toBe(50);
  });
});
