import type { Alert, Backlog, Metric, Notice, Turn } from '../ports/dead-letter-metrics.ts';
import type { EpochMs } from '../kernel/time.ts';
import { alertKey } from './alerts.ts';
import { hashOf, type Address } from './keys.ts';
import { damaged, toText, type Row } from './letter-row-codec.ts';
import { scopeKey } from './metrics.ts';

export const alertPartition = 'alerts';
export const turnAddress: Address = { partitionKey: 'measurement', rowKey: 'turn' };
export const backlogAddress: Address = { partitionKey: 'measurement', rowKey: 'backlog' };
const latestInstant = 9_999_999_999_999;

/** Prefixes of row keys among the alerts; what is due must not be looked for among what was sent. */
export const alertPrefixes = { alert: 'alert', due: 'due', sent: 'sent' } as const;

/** Where the metrics of an hour are: a partition for each day. */
export function hourRange(hour: number): { readonly partition: string; readonly prefix: string } {
  const [day = '', time = ''] = new Date(hour * 3_600_000).toISOString().split('T');
  return { partition: `metrics|${day}`, prefix: time.slice(0, 2) };
}

export function metricRow(metric: Metric): Row {
  const { partition, prefix } = hourRange(metric.hour);
  const rowKey = `${prefix}|${metric.scope.kind}|${hashOf(scopeKey(metric.scope))}`;
  return { partitionKey: partition, rowKey, metric: toText(metric) };
}

/** Errors: `storage.unexpected_answer` (permanent) for a row that we have not written. */
export function toMetric(row: Row): Metric {
  const { metric } = row;
  if (typeof metric !== 'string') throw damaged(row);
  return JSON.parse(metric) as Metric;
}

export function alertRow(alert: Alert): Row {
  const rowKey = `${alertPrefixes.alert}|${hashOf(alertKey(alert))}`;
  return { partitionKey: alertPartition, rowKey, alert: toText(alert) };
}

/** Errors: as `toMetric`. */
export function toAlert(row: Row): Alert {
  const { alert } = row;
  if (typeof alert !== 'string') throw damaged(row);
  return JSON.parse(alert) as Alert;
}

/** What is due sorts oldest first, what was sent newest first. */
export function noticeAddress(notice: Pick<Notice, 'id' | 'at'>, isDue: boolean): Address {
  const recency = `${latestInstant - notice.at}|${notice.id}`;
  return {
    partitionKey: alertPartition,
    rowKey: isDue ? `${alertPrefixes.due}|${notice.id}` : `${alertPrefixes.sent}|${recency}`,
  };
}

export function noticeRow(notice: Notice): Row {
  const isDue = notice.delivery === 'waiting';
  return { ...noticeAddress(notice, isDue), notice: toText(notice) };
}

/** Errors: as `toMetric`. */
export function toNotice(row: Row): Notice {
  const { notice } = row;
  if (typeof notice !== 'string') throw damaged(row);
  return JSON.parse(notice) as Notice;
}

export function backlogRow(backlog: Backlog): Row {
  return { ...backlogAddress, backlog: toText(backlog) };
}

/** Errors: as `toMetric`. */
export function toBacklog(row: Row): Backlog {
  const { backlog } = row;
  if (typeof backlog !== 'string') throw damaged(row);
  return JSON.parse(backlog) as Backlog;
}

/** Until when somebody has the turn, and the last hour that was measured. */
export interface TurnState {
  readonly until: number;
  readonly measuredHour: number | null;
}

export function turnRow(state: TurnState): Row {
  return { ...turnAddress, turn: toText(state) };
}

/** Errors: as `toMetric`. */
export function toTurnState(row: Row): TurnState {
  const { turn } = row;
  if (typeof turn !== 'string') throw damaged(row);
  return JSON.parse(turn) as TurnState;
}

export function isTaken({ until }: TurnState, now: EpochMs): boolean {
  return until > now;
}

export function toTurn({ measuredHour }: TurnState, etag: string): Turn {
  return { measuredHour: measuredHour ?? undefined, etag };
}
