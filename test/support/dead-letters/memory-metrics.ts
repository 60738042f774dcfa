import { alertKey } from '../../../shared/deadletter/alerts.ts';
import type {
  Alert,
  AlertChannel,
  Backlog,
  DeadLetterMetrics,
  Metric,
  Notice,
} from '../../../shared/ports/dead-letter-metrics.ts';

/** Metrics and alerts in memory. */
export function createMemoryMetrics(): DeadLetterMetrics {
  const hours = new Map<number, readonly Metric[]>();
  const alerts = new Map<string, Alert>();
  const notices = new Map<string, Notice>();
  let newest: Backlog | undefined;
  let turn = { version: 0, until: 0, measuredHour: undefined as number | undefined };
  const sorted = (): Notice[] => [...notices.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    begin: (now, until) => {
      if (turn.until > now) return Promise.resolve(undefined);
      turn = { ...turn, version: turn.version + 1, until };
      const { measuredHour, version } = turn;
      return Promise.resolve({ measuredHour, etag: String(version) });
    },
    end: ({ etag }, measuredHour) => {
      if (etag === String(turn.version)) {
        turn = { version: turn.version + 1, until: 0, measuredHour };
      }
      return Promise.resolve();
    },
    writeHour: (hour, metrics) => {
      hours.set(hour, metrics);
      return Promise.resolve();
    },
    readHour: (hour) => Promise.resolve(hours.get(hour)),
    keepBacklog: (backlog) => {
      newest = backlog;
      return Promise.resolve();
    },
    backlog: () => Promise.resolve(newest),
    alerts: () => Promise.resolve([...alerts.values()]),
    keep: (changed, made) => {
      for (const alert of changed) alerts.set(alertKey(alert), alert);
      for (const notice of made) notices.set(notice.id, notice);
      return Promise.resolve();
    },
    due: (now, limit) => {
      const due = sorted().filter(
        ({ delivery, nextAt }) => delivery === 'waiting' && nextAt <= now,
      );
      return Promise.resolve(due.slice(0, limit));
    },
    settle: (notice) => {
      notices.set(notice.id, notice);
      return Promise.resolve();
    },
    notices: (limit) => Promise.resolve(sorted().reverse().slice(0, limit)),
  };
}

/** A channel that remembers what it was given; while `isDown` it takes nothing. */
export function createMemoryChannel() {
  const sent: Notice[] = [];
  const state = { isDown: false };
  const channel: AlertChannel = {
    send: (notice) => {
      if (state.isDown) return Promise.reject(new Error('the webhook answered 503'));
      sent.push(notice);
      return Promise.resolve('delivered');
    },
  };
  return { channel, sent, state };
}
