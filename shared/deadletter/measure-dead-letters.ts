import { durationMs, epochMs, type Clock, type EpochMs } from '../kernel/time.ts';
import type { DeadLetterDesk, LetterQuery } from '../ports/dead-letter-desk.ts';
import type {
  AlertChannel,
  Backlog,
  DeadLetterMetrics,
  Metric,
  MetricScope,
  Turn,
} from '../ports/dead-letter-metrics.ts';
import type { Log } from '../ports/log.ts';
import { advanceAlerts, findProblems, type AlertLimits, type Situation } from './alerts.ts';
import { backlogMetrics, readBacklog, waitingIn, type BacklogOptions } from './backlog.ts';
import { deliverNotices } from './deliver-notices.ts';
import {
  arrivedSince,
  flowsByScope,
  hoursPerWeek,
  measureHour,
  normalRate,
  scopeKey,
  type ScopeFlow,
} from './metrics.ts';
import { hourOf, keptHours, stepOf } from './tally.ts';

export interface MeasureOptions extends BacklogOptions {
  readonly desk: DeadLetterDesk;
  readonly metrics: DeadLetterMetrics;
  readonly channel: AlertChannel;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly limits: AlertLimits;
  /** Over how many weeks an hour is compared, and what is normal at least. */
  readonly normal: { readonly weeks: number; readonly floor: number };
}

/** Longer than a run takes; after it, another instance may begin. */
const turnLength = durationMs(240_000);
/** Somebody who changes a letter is done, or dead, after this. */
const healAge = durationMs(120_000);
/** What was recorded near the end of an hour is counted by then. */
const grace = durationMs(120_000);
/** Of the steps of five minutes, as many as cover an hour. */
const stepsPerHour = 12;
/** The age of the oldest is read for so many scopes, the deepest first: each takes a request. */
const agedScopes = 100;
/** Hours of a long downtime are spread over several runs. */
const hoursPerRun = 48;

/**
 * Measures the hours that are over, raises, escalates and resolves alerts, and delivers what has to
 * be told. One run at a time over all instances: another one returns at once.
 * Errors: those of desk and metrics.
 */
export async function measureDeadLetters(options: MeasureOptions): Promise<void> {
  const { desk, metrics, clock, log } = options;
  const now = clock.now();
  const turn = await metrics.begin(now, epochMs(now + turnLength));
  if (turn === undefined) {
    log.debug('Another instance measures the dead letters');
    return;
  }
  const healed = await desk.heal(epochMs(now - healAge));
  if (healed > 0) log.warn('Dead letters were not listed as they should be', { healed });
  await announceLate(options, now);
  // Before the tallies: what is taken in meanwhile is counted twice for once, and never missed.
  const backlog = await readBacklog(options, now);
  await metrics.keepBacklog(backlog);
  const flows = flowsByScope(await desk.tallies());
  const ages = await readAges(desk, flows, now);
  const measured = await measureHours(options, { turn, flows, ages, now, backlog });
  await updateAlerts(options, { flows, ages, now, backlog });
  await metrics.end(turn, measured);
  await deliverNotices(options);
}

/** The measures do not depend on it: a hub that is down is tried again by the next run. */
async function announceLate({ desk, log }: MeasureOptions, now: EpochMs): Promise<void> {
  try {
    const announced = await desk.announce(epochMs(now - healAge));
    if (announced > 0) log.warn('Changes of dead letters were announced late', { announced });
  } catch (error) {
    log.warn('Changes of dead letters could not be announced', { reason: String(error) });
  }
}

type Ages = ReadonlyMap<string, number>;

interface Reading {
  readonly flows: readonly ScopeFlow[];
  readonly ages: Ages;
  readonly now: EpochMs;
  readonly backlog: Backlog;
}

async function readAges(
  desk: DeadLetterDesk,
  flows: readonly ScopeFlow[],
  now: EpochMs,
): Promise<Ages> {
  const deepest = flows.filter(({ open }) => open > 0).toSorted((a, b) => b.open - a.open);
  const ages = new Map<string, number>();
  for (const { scope } of deepest.slice(0, agedScopes)) {
    const [oldest] = (await desk.list(oldestOf(scope))).letters;
    if (oldest !== undefined) ages.set(scopeKey(scope), now - oldest.deadLetteredAt);
  }
  return ages;
}

function oldestOf({ kind, name }: MetricScope): LetterQuery {
  const query: LetterQuery = { states: ['open'], size: 1 };
  switch (kind) {
    case 'total':
    case 'broker':
      return query;
    case 'origin':
      return { ...query, origin: name };
    case 'type':
      return { ...query, type: name };
    case 'category':
      return { ...query, category: name };
  }
}

/** Measures what is over and was not measured yet; returns the last hour that is. */
async function measureHours(
  options: MeasureOptions,
  { turn, flows, ages, now, backlog }: Reading & { readonly turn: Turn },
): Promise<number> {
  const { metrics } = options;
  const last = hourOf(epochMs(now - grace)) - 1;
  // Before that, nothing is known any more.
  const earliest = last - keptHours + 2;
  const first = Math.max((turn.measuredHour ?? last - 1) + 1, earliest);
  const end = Math.min(last, first + hoursPerRun - 1);
  for (let hour = first; hour <= end; hour += 1) {
    const past = await readPast(options, hour);
    const isLast = hour === last;
    const measured = flows
      .map((flow): Metric => {
        const oldestAgeMs = isLast ? (ages.get(scopeKey(flow.scope)) ?? null) : null;
        return { ...measureHour(flow, hour), oldestAgeMs, normalRate: past(flow.scope) };
      })
      .filter(({ scope, ...metric }) => scope.kind === 'total' || isOfNote(metric));
    await metrics.writeHour(hour, [...measured, ...(isLast ? backlogMetrics(backlog, hour) : [])]);
  }
  return Math.max(turn.measuredHour ?? first - 1, end);
}

/** Nothing came, went or waited: the next reader takes it for zero. */
function isOfNote({ arrived, settled, depth }: Omit<Metric, 'scope'>): boolean {
  return arrived + settled + depth > 0;
}

/** What is normal for the scopes at this hour of the week. */
async function readPast(
  { metrics, normal }: MeasureOptions,
  hour: number,
): Promise<(scope: MetricScope) => number> {
  const weeks = await Promise.all(
    Array.from({ length: normal.weeks }, (_, at) =>
      metrics.readHour(hour - (at + 1) * hoursPerWeek),
    ),
  );
  const byScope = weeks.map(
    (week) => week && new Map(week.map(({ scope, arrived }) => [scopeKey(scope), arrived])),
  );
  return (scope) =>
    normalRate(
      byScope.map((week) => week && (week.get(scopeKey(scope)) ?? 0)),
      normal.floor,
    );
}

async function updateAlerts(options: MeasureOptions, reading: Reading): Promise<void> {
  const { metrics, limits, newId } = options;
  const situation = await assess(options, reading);
  const findings = findProblems(situation, limits);
  const changes = advanceAlerts(await metrics.alerts(), findings, reading.now);
  const notices = changes.notices.map((notice) => {
    const id = `${String(notice.at).padStart(13, '0')}|${newId()}`;
    return { id, ...notice };
  });
  await metrics.keep(changes.alerts, notices);
}

async function assess(options: MeasureOptions, reading: Reading): Promise<Situation> {
  const { flows, ages, now, backlog } = reading;
  const [total] = flows;
  const hour = hourOf(now);
  // The last hour lies in two hours of the clock: the livelier one says what is normal.
  const [present, previous] = await Promise.all([
    readPast(options, hour),
    readPast(options, hour - 1),
  ]);
  const first = stepOf(now) - stepsPerHour;
  return {
    depth: (total?.open ?? 0) + waitingIn(backlog),
    oldestAgeMs: total && ages.get(scopeKey(total.scope)),
    rates: flows.map((flow) => ({
      scope: flow.scope,
      arrived: arrivedSince(flow, first),
      normal: Math.max(present(flow.scope), previous(flow.scope)),
    })),
  };
}
