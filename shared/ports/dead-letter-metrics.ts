import type { EpochMs } from '../kernel/time.ts';

/** What is measured together. `total` has an empty name. */
export interface MetricScope {
  /** `broker`: an entity, and what it holds that nobody has taken in yet. */
  readonly kind: 'total' | 'origin' | 'type' | 'category' | 'broker';
  readonly name: string;
}

/** The dead letters of one scope in one hour. */
export interface Metric {
  readonly scope: MetricScope;
  /** Hours since 1970-01-01T00:00Z. */
  readonly hour: number;
  readonly arrived: number;
  readonly settled: number;
  readonly reopened: number;
  /** Open at the end of the hour. */
  readonly depth: number;
  /** Age of the oldest open one when it was measured; null for an hour that was caught up with. */
  readonly oldestAgeMs: number | null;
  /** What an hour like this one usually brings. */
  readonly normalRate: number;
}

/** What brokers hold that nobody has taken in yet, as they said at an instant. */
export interface Backlog {
  readonly at: EpochMs;
  /** By entity; none is 0. */
  readonly waiting: readonly { readonly entity: string; readonly count: number }[];
  /** Entities whose broker does not say. */
  readonly unknown: readonly string[];
}

export type AlertRule = 'any' | 'volume' | 'age' | 'growth';
export type AlertRole = 'data-engineering' | 'on-call' | 'data-steward' | 'investigation';

/** A limit that is exceeded now. */
export interface Finding {
  readonly rule: AlertRule;
  readonly scope: MetricScope;
  /** Letters, letters, hours, and times the normal rate. */
  readonly value: number;
  readonly limit: number;
  /** Grows as it becomes worse by an order: who was told is told again. */
  readonly level: number;
}

/** The state of one alert, kept from its first raising on. */
export interface Alert extends Finding {
  readonly status: 'raised' | 'resolved';
  readonly raisedAt: EpochMs;
  readonly changedAt: EpochMs;
}

/** Something that a role has to be told. */
export interface Notice {
  /** Sorts by the instant at which it was made. */
  readonly id: string;
  readonly role: AlertRole;
  readonly kind: 'raised' | 'escalated' | 'resolved';
  readonly alert: Alert;
  readonly at: EpochMs;
  readonly attempts: number;
  readonly nextAt: EpochMs;
  /** `logged`: the role has no webhook. `failed`: it was tried often enough. */
  readonly delivery: 'waiting' | 'delivered' | 'logged' | 'failed';
  /** Why the last attempt failed. */
  readonly problem: string;
}

/** The right to measure, for a while. */
export interface Turn {
  /** The last hour that was measured; undefined before the first. */
  readonly measuredHour: number | undefined;
  readonly etag: string;
}

/**
 * What is measured of dead letters, and what was made of it.
 * Errors: `storage.unavailable` (transient), `storage.unexpected_answer` (permanent).
 */
export interface DeadLetterMetrics {
  /** Undefined while somebody else has the turn. */
  begin(now: EpochMs, until: EpochMs): Promise<Turn | undefined>;
  /** Gives the turn back; harmless when it was lost. */
  end(turn: Turn, measuredHour: number): Promise<void>;
  /** Writes the metrics of one hour, the total among them; repeating it is harmless. */
  writeHour(hour: number, metrics: readonly Metric[]): Promise<void>;
  /** Undefined when the hour was never measured. */
  readHour(hour: number): Promise<readonly Metric[] | undefined>;
  /** Keeps the newest backlog in place of the one before. */
  keepBacklog(backlog: Backlog): Promise<void>;
  /** Undefined before the first. */
  backlog(): Promise<Backlog | undefined>;
  /** Of all alerts, raised and resolved. */
  alerts(): Promise<readonly Alert[]>;
  /** Keeps alerts and the notices of their changes, all or none of them (at most 100). */
  keep(alerts: readonly Alert[], notices: readonly Notice[]): Promise<void>;
  /** Notices that wait for their delivery at this instant, oldest first. */
  due(now: EpochMs, limit: number): Promise<readonly Notice[]>;
  /** Keeps what became of a notice. */
  settle(notice: Notice): Promise<void>;
  /** The last notices, newest first, whatever became of them. */
  notices(limit: number): Promise<readonly Notice[]>;
}

/** Where notices go. A channel that does not take one throws; its message names no address. */
export interface AlertChannel {
  /** `logged` when the role has no address. */
  send(notice: Notice): Promise<'delivered' | 'logged'>;
}
