import type { EpochMs } from '../kernel/time.ts';
import type {
  Alert,
  AlertRole,
  AlertRule,
  Finding,
  MetricScope,
  Notice,
} from '../ports/dead-letter-metrics.ts';
import { scopeKey, totalScope } from './metrics.ts';

/** When alerts are raised: each when its value is more than this. */
export interface AlertLimits {
  /** Open dead letters, and those that nobody has taken in yet. */
  readonly depth: number;
  /** Arrivals within an hour. */
  readonly hourly: number;
  /** Age of the oldest open one. */
  readonly ageHours: number;
  /** Arrivals within an hour as a multiple of the normal rate. */
  readonly growth: number;
}

/** What is true now. */
export interface Situation {
  readonly depth: number;
  readonly oldestAgeMs: number | undefined;
  /** Arrivals of the last hour and what is normal, for each scope; the total first. */
  readonly rates: readonly {
    readonly scope: MetricScope;
    readonly arrived: number;
    readonly normal: number;
  }[];
}

/** Who is told of which rule. Source: S0-35 to S0-38. */
export const roleOf: Readonly<Record<AlertRule, AlertRole>> = {
  any: 'data-engineering',
  volume: 'on-call',
  age: 'data-steward',
  growth: 'investigation',
};

/** Every limit that is exceeded now. */
export function findProblems(situation: Situation, limits: AlertLimits): readonly Finding[] {
  const { depth, oldestAgeMs = 0, rates } = situation;
  const arrived = rates.find(({ scope }) => scope.kind === 'total')?.arrived ?? 0;
  const ageHours = oldestAgeMs / 3_600_000;
  const totals: readonly Finding[] = [
    { ...finding('any', depth, limits.depth), level: Math.floor(Math.log10(Math.max(1, depth))) },
    finding('volume', arrived, limits.hourly),
    finding('age', ageHours, limits.ageHours),
  ];
  const growths = rates.map(({ scope, arrived: count, normal }) => ({
    ...finding('growth', count / normal, limits.growth),
    scope,
  }));
  return [...totals, ...growths].filter(({ value, limit }) => value > limit);
}

/** It becomes worse by an order when it doubles. */
function finding(rule: AlertRule, value: number, limit: number): Finding {
  const level = Math.max(0, Math.floor(Math.log2(value / Math.max(1, limit))));
  return { rule, scope: totalScope, value: Math.round(value * 10) / 10, limit, level };
}

/** What the alerts become, and who has to be told what. */
export interface AlertChanges {
  readonly alerts: readonly Alert[];
  readonly notices: readonly Omit<Notice, 'id'>[];
}

/**
 * The next turn in the life of every alert: raised once, told again only when it became worse by an
 * order, and resolved when its limit is no longer exceeded. What did not change is left out.
 */
export function advanceAlerts(
  stored: readonly Alert[],
  findings: readonly Finding[],
  now: EpochMs,
): AlertChanges {
  const current = new Map(findings.map((each) => [alertKey(each), each]));
  const former = new Map(stored.map((each) => [alertKey(each), each]));
  const keys = new Set([...former.keys(), ...current.keys()]);
  const changes = [...keys].flatMap((key) => {
    const change = advance(former.get(key), current.get(key), now);
    return change === undefined ? [] : [change];
  });
  return {
    alerts: changes.map(({ alert }) => alert),
    notices: changes.flatMap(({ alert, kind }) =>
      kind === undefined ? [] : [toNotice(alert, kind, now)],
    ),
  };
}

/** One text for one alert. */
export function alertKey({ rule, scope }: Pick<Finding, 'rule' | 'scope'>): string {
  return `${rule}\n${scopeKey(scope)}`;
}

interface Change {
  readonly alert: Alert;
  /** What has to be told; undefined when only its value has changed. */
  readonly kind: Notice['kind'] | undefined;
}

function advance(
  stored: Alert | undefined,
  found: Finding | undefined,
  now: EpochMs,
): Change | undefined {
  const isRaised = stored?.status === 'raised';
  if (found === undefined) {
    if (!isRaised) return undefined;
    return { alert: { ...stored, status: 'resolved', changedAt: now }, kind: 'resolved' };
  }
  if (!isRaised) {
    const alert = { ...found, status: 'raised', raisedAt: now, changedAt: now } as const;
    return { alert, kind: 'raised' };
  }
  if (found.level > stored.level) {
    return { alert: { ...stored, ...found, changedAt: now }, kind: 'escalated' };
  }
  if (found.value === stored.value) return undefined;
  // The level stays: an alert that becomes better and worse again is no news.
  return { alert: { ...stored, ...found, level: stored.level }, kind: undefined };
}

function toNotice(alert: Alert, kind: Notice['kind'], now: EpochMs): Omit<Notice, 'id'> {
  return {
    role: roleOf[alert.rule],
    ...{ kind, alert, at: now, attempts: 0, nextAt: now },
    delivery: 'waiting',
    problem: '',
  };
}
