import { beforeEach, describe, expect, it } from 'vitest';
import { epochMs } from '../../../shared/kernel/time.ts';
import type {
  Alert,
  DeadLetterMetrics,
  Metric,
  MetricScope,
  Notice,
} from '../../../shared/ports/dead-letter-metrics.ts';

const at = Date.UTC(2026, 10, 20, 8);
const hour = at / 3_600_000;
const total: MetricScope = { kind: 'total', name: '' };

function metric(scope: MetricScope, fields: Partial<Metric> = {}): Metric {
  const zero = { arrived: 0, settled: 0, reopened: 0, depth: 0 };
  return { scope, hour, ...zero, oldestAgeMs: null, normalRate: 5, ...fields };
}

const alert: Alert = {
  ...{ rule: 'volume', scope: total, value: 120, limit: 100, level: 0 },
  ...{ status: 'raised', raisedAt: epochMs(at), changedAt: epochMs(at) },
};

function notice(minute: number, fields: Partial<Notice> = {}): Notice {
  const instant = epochMs(at + minute * 60_000);
  return {
    id: `${instant}|${minute}`,
    ...{ role: 'on-call', kind: 'raised', alert, at: instant, attempts: 0, nextAt: instant },
    ...{ delivery: 'waiting', problem: '' },
    ...fields,
  };
}

/** What every store of metrics must make true. `open` gives an empty one. */
export function deadLetterMetricsContract(
  name: string,
  open: () => Promise<DeadLetterMetrics>,
): void {
  describe(`DeadLetterMetrics contract: ${name}`, () => {
    let metrics: DeadLetterMetrics;
    beforeEach(async () => {
      metrics = await open();
    });

    it('gives the turn to one of many, and to another when it was given back or has ended', async () => {
      const begins = Array.from({ length: 5 }, () =>
        metrics.begin(epochMs(at), epochMs(at + 1_000)),
      );
      const turns = (await Promise.all(begins)).flatMap((turn) => turn ?? []);
      expect(turns).toMatchObject([{ measuredHour: undefined }]);
      for (const turn of turns) await metrics.end(turn, hour);
      const next = await metrics.begin(epochMs(at + 1), epochMs(at + 1_000));
      expect(next).toMatchObject({ measuredHour: hour });
      expect(await metrics.begin(epochMs(at + 2), epochMs(at + 2_000))).toBeUndefined();
      const afterCrash = await metrics.begin(epochMs(at + 1_000), epochMs(at + 3_000));
      expect(afterCrash).toMatchObject({ measuredHour: hour });
      if (next !== undefined) await metrics.end(next, hour + 9);
      expect(await metrics.begin(epochMs(at + 1_001), epochMs(at + 4_000))).toBeUndefined();
    });

    it('keeps the metrics of an hour, and knows which hours were measured', async () => {
      const hostile: MetricScope = { kind: 'type', name: "a/b\\c#?' or 1 eq 1 漢\u0000" };
      const written = [metric(total, { arrived: 3, depth: 3 }), metric(hostile, { depth: 1 })];
      await metrics.writeHour(hour, written);
      await metrics.writeHour(hour, written);
      const read = await metrics.readHour(hour);
      expect(read?.toSorted((a, b) => b.depth - a.depth)).toEqual(written);
      expect(await metrics.readHour(hour + 1)).toBeUndefined();
      await metrics.writeHour(hour + 1, [metric(total, { hour: hour + 1 })]);
      expect(await metrics.readHour(hour + 1)).toHaveLength(1);
    });

    it('keeps the newest backlog', async () => {
      expect(await metrics.backlog()).toBeUndefined();
      const first = { at: epochMs(at), waiting: [{ entity: 'orders', count: 3 }], unknown: [] };
      await metrics.keepBacklog(first);
      const second = { at: epochMs(at + 1), waiting: [], unknown: ['t/Subscriptions/s'] };
      await metrics.keepBacklog(second);
      expect(await metrics.backlog()).toEqual(second);
    });

    it('keeps alerts by rule and scope', async () => {
      const other: Alert = { ...alert, scope: { kind: 'type', name: 'x' } };
      await metrics.keep([alert, other], []);
      await metrics.keep([{ ...alert, status: 'resolved' }], []);
      const kept = await metrics.alerts();
      const statuses = kept.map(({ scope, status }) => `${scope.kind} ${status}`);
      expect(statuses.toSorted()).toEqual(['total resolved', 'type raised']);
    });

    it('finds the notices that are due, oldest first, and no others', async () => {
      const later = notice(3, { nextAt: epochMs(at + 3_600_000) });
      await metrics.keep([alert], [notice(2), notice(1), later]);
      const now = epochMs(at + 5 * 60_000);
      expect(await metrics.due(now, 10)).toEqual([notice(1), notice(2)]);
      expect(await metrics.due(now, 1)).toEqual([notice(1)]);
      await metrics.settle(notice(1, { delivery: 'delivered', attempts: 1 }));
      await metrics.settle(notice(2, { attempts: 1, nextAt: epochMs(at + 3_600_000) }));
      expect(await metrics.due(now, 10)).toEqual([]);
      expect(await metrics.due(epochMs(at + 3_600_000), 10)).toHaveLength(2);
    });

    it('shows the last notices, newest first, whatever became of them', async () => {
      await metrics.keep([], [notice(1), notice(2), notice(3), notice(4)]);
      await metrics.settle(notice(4, { delivery: 'failed', problem: 'gone' }));
      await metrics.settle(notice(1, { delivery: 'delivered' }));
      await metrics.settle(notice(2, { delivery: 'logged' }));
      const shown = (await metrics.notices(3)).map(({ id, delivery }) => `${id} ${delivery}`);
      const idOf = (minute: number): string => notice(minute).id;
      expect(shown).toEqual([`${idOf(4)} failed`, `${idOf(3)} waiting`, `${idOf(2)} logged`]);
    });
  });
}
