import type { EpochMs } from '../kernel/time.ts';
import type { BrokerCounts } from '../ports/broker-counts.ts';
import type { Backlog, Metric } from '../ports/dead-letter-metrics.ts';

export interface BacklogOptions {
  readonly counts: BrokerCounts;
  /** Queues and subscriptions whose dead-letter queues are taken in. */
  readonly entities: readonly string[];
}

/** Asks brokers what nobody has taken in yet. */
export async function readBacklog(
  { counts, entities }: BacklogOptions,
  now: EpochMs,
): Promise<Backlog> {
  const found = await counts.deadLetters(entities);
  const all = [...found].map(([entity, count]) => ({ entity, count }));
  return {
    at: now,
    waiting: all.filter(({ count }) => count > 0),
    unknown: entities.filter((entity) => !found.has(entity)),
  };
}

/** How many messages wait in all. */
export function waitingIn({ waiting }: Backlog): number {
  return waiting.reduce((sum, { count }) => sum + count, 0);
}

/** What nobody has taken in has only a depth: its arrival is counted when it is taken in. */
export function backlogMetrics({ waiting }: Backlog, hour: number): readonly Metric[] {
  const none = { arrived: 0, settled: 0, reopened: 0, oldestAgeMs: null, normalRate: 0 };
  return waiting.map(({ entity, count }) => ({
    ...none,
    ...{ scope: { kind: 'broker', name: entity }, hour, depth: count },
  }));
}
