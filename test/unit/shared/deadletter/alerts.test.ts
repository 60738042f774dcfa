import { describe, expect, it } from 'vitest';
import {
  advanceAlerts,
  findProblems,
  roleOf,
  type AlertLimits,
  type Situation,
} from '../../../../shared/deadletter/alerts.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { Alert, AlertRule, Finding } from '../../../../shared/ports/dead-letter-metrics.ts';

const limits: AlertLimits = { depth: 0, hourly: 100, ageHours: 24, growth: 10 };
const total = { kind: 'total', name: '' } as const;
const hourMs = 3_600_000;

function situation(arrived: number, fields: Partial<Situation> = {}): Situation {
  const rates = [{ scope: total, arrived, normal: 1_000 }];
  return { depth: 0, oldestAgeMs: undefined, rates, ...fields };
}

function rulesOf(findings: readonly Finding[]): readonly AlertRule[] {
  return findings.map(({ rule }) => rule);
}

describe('findProblems', () => {
  it('finds nothing where nothing is', () => {
    expect(findProblems(situation(0), limits)).toEqual([]);
  });

  it('tells data engineering of any dead letter (S0-35)', () => {
    expect(findProblems(situation(0, { depth: 1 }), limits)).toMatchObject([
      { rule: 'any', value: 1, limit: 0, scope: total },
    ]);
    expect(roleOf.any).toBe('data-engineering');
  });

  it('escalates more than 100 within an hour to on-call, and not 100 (S0-36)', () => {
    expect(rulesOf(findProblems(situation(100), limits))).toEqual([]);
    expect(rulesOf(findProblems(situation(101), limits))).toEqual(['volume']);
    expect(roleOf.volume).toBe('on-call');
  });

  it('escalates what is open for more than 24 hours to the data steward (S0-37)', () => {
    const at = (oldestAgeMs: number) => findProblems(situation(0, { oldestAgeMs }), limits);
    expect(rulesOf(at(24 * hourMs))).toEqual([]);
    expect(rulesOf(at(24.5 * hourMs))).toEqual(['age']);
    expect(roleOf.age).toBe('data-steward');
  });

  it('asks for an investigation of more than 10 times the normal rate, by scope (S0-38)', () => {
    const type = { kind: 'type', name: 'erp.order' } as const;
    const rates = [
      { scope: total, arrived: 60, normal: 50 },
      { scope: type, arrived: 51, normal: 5 },
      { scope: { kind: 'type', name: 'mes.alarm' }, arrived: 50, normal: 5 },
    ] as const;
    expect(findProblems(situation(0, { rates }), limits)).toMatchObject([
      { rule: 'growth', scope: type, value: 10.2, limit: 10 },
    ]);
    expect(roleOf.growth).toBe('investigation');
  });

  it('grades what it finds: the depth by tens, the others by doubling', () => {
    const level = (fields: Partial<Situation>, arrived = 0) =>
      findProblems(situation(arrived, fields), limits).map((found) => found.level);
    expect(level({ depth: 9 })).toEqual([0]);
    expect(level({ depth: 10 })).toEqual([1]);
    expect(level({}, 199)).toEqual([0]);
    expect(level({}, 200)).toEqual([1]);
    expect(level({ oldestAgeMs: 100 * hourMs })).toEqual([2]);
  });
});

describe('advanceAlerts', () => {
  const start = epochMs(Date.UTC(2026, 10, 20));
  const found = (value: number, level: number): Finding => ({
    ...{ rule: 'volume', scope: total, value, limit: 100, level },
  });
  /** Plays one finding after the other, a minute apart; returns what was told, and the last state. */
  function play(findings: readonly (Finding | undefined)[]) {
    let alerts: readonly Alert[] = [];
    const told = findings.map((finding, minute) => {
      const now = epochMs(start + minute * 60_000);
      const changes = advanceAlerts(alerts, finding === undefined ? [] : [finding], now);
      alerts = changes.alerts.length === 0 ? alerts : changes.alerts;
      return changes.notices.map(({ kind }) => kind).join() || '-';
    });
    return { told, alert: alerts[0] };
  }

  it('raises an alert once, however long it lasts', () => {
    const { told, alert } = play([found(101, 0), found(101, 0), found(150, 0), found(130, 0)]);
    expect(told).toEqual(['raised', '-', '-', '-']);
    expect(alert).toMatchObject({ status: 'raised', value: 130, raisedAt: start });
  });

  it('tells again only when it becomes worse by an order, and never twice of the same', () => {
    const { told } = play([
      found(101, 0),
      found(210, 1),
      found(120, 0),
      found(220, 1),
      found(450, 2),
    ]);
    expect(told).toEqual(['raised', 'escalated', '-', '-', 'escalated']);
  });

  it('resolves itself, once, and may be raised anew', () => {
    const { told, alert } = play([found(101, 0), undefined, undefined, found(101, 0)]);
    expect(told).toEqual(['raised', 'resolved', '-', 'raised']);
    expect(alert?.raisedAt).toBe(start + 3 * 60_000);
  });

  it('keeps alerts of different scopes apart', () => {
    const other = { ...found(500, 2), scope: { kind: 'type', name: 'x' } } as const;
    const first = advanceAlerts([], [found(101, 0), other], start);
    expect(first.notices).toHaveLength(2);
    const second = advanceAlerts(first.alerts, [other], start);
    expect(second.notices).toMatchObject([{ kind: 'resolved', alert: { scope: total } }]);
  });
});
