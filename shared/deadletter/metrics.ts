import type { HourFlow, Tally } from '../ports/dead-letter-desk.ts';
import type { Metric, MetricScope } from '../ports/dead-letter-metrics.ts';

/** What is known of one scope when it is measured. */
export interface ScopeFlow {
  readonly scope: MetricScope;
  /** Open now. */
  readonly open: number;
  readonly hours: readonly HourFlow[];
  readonly steps: Tally['steps'];
}

export const totalScope: MetricScope = { kind: 'total', name: '' };

/** One text for one scope. */
export function scopeKey({ kind, name }: MetricScope): string {
  return `${kind}\n${name}`;
}

/** Adds tallies up: all of them, and by origin, type and category. The total comes first. */
export function flowsByScope(tallies: readonly Tally[]): readonly ScopeFlow[] {
  const flows = new Map<string, { scope: MetricScope; tallies: Tally[] }>([
    [scopeKey(totalScope), { scope: totalScope, tallies: [] }],
  ]);
  for (const tally of tallies) {
    for (const scope of scopesOf(tally)) {
      const flow = flows.get(scopeKey(scope)) ?? { scope, tallies: [] };
      flow.tallies.push(tally);
      flows.set(scopeKey(scope), flow);
    }
  }
  return [...flows.values()].map(({ scope, tallies: parts }) => ({
    scope,
    open: sum(parts.map(({ counts }) => counts.open)),
    hours: parts.flatMap(({ hours }) => hours),
    steps: parts.flatMap(({ steps }) => steps),
  }));
}

function scopesOf({ origin, type, category }: Tally): readonly MetricScope[] {
  return [
    totalScope,
    { kind: 'origin', name: origin },
    { kind: 'type', name: type },
    { kind: 'category', name: category },
  ];
}

/**
 * One hour of a scope. Its depth follows from what is open now and from what came and went since,
 * so that an hour that nobody measured in time is measured as well later.
 */
export function measureHour(
  { scope, open, hours }: ScopeFlow,
  hour: number,
): Omit<Metric, 'oldestAgeMs' | 'normalRate'> {
  const own = addFlows(hours.filter((flow) => flow.hour === hour));
  const since = addFlows(hours.filter((flow) => flow.hour > hour));
  const depth = open - since.arrived - since.reopened + since.settled;
  return { scope, hour, ...own, depth };
}

/** What arrived in the steps of five minutes from `first` on. */
export function arrivedSince({ steps }: Pick<ScopeFlow, 'steps'>, first: number): number {
  return sum(steps.map(([step, arrived]) => (step >= first ? arrived : 0)));
}

export const hoursPerWeek = 168;

/**
 * What an hour usually brings: the median of the same hour of the week over the last weeks, so that
 * one bad week does not make the next one normal. Weeks that nobody measured do not count. Never
 * below the floor, so that nothing is divided by zero and a quiet type may have a few.
 */
export function normalRate(past: readonly (number | undefined)[], floor: number): number {
  const known = past.filter((arrived) => arrived !== undefined).toSorted((a, b) => a - b);
  const middle = known.length / 2;
  const low = known[Math.ceil(middle) - 1] ?? floor;
  const high = known[Math.floor(middle)] ?? floor;
  return Math.max(floor, (low + high) / 2);
}

function addFlows(flows: readonly HourFlow[]): Omit<HourFlow, 'hour'> {
  return {
    arrived: sum(flows.map(({ arrived }) => arrived)),
    settled: sum(flows.map(({ settled }) => settled)),
    reopened: sum(flows.map(({ reopened }) => reopened)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
