import { describe, expect, it } from 'vitest';
import type { BrokerState } from '../../../../local/summary/broker-state.ts';
import { followVerdicts, type FollowResult } from '../../../../local/summary/follow.ts';
import type { StoredReport } from '../../../../local/summary/report-codec.ts';
import type { SagaFlow } from '../../../../local/summary/saga-flow.ts';
import type { SagaReport } from '../../../../local/summary/saga-report-codec.ts';
import {
  authorOf,
  brokerOf,
  endOf,
  flowOf,
  reportOf,
  sagaCountsOf,
  sagaReportOf,
} from '../../../support/observations.ts';

const pauseMs = 500;

interface Look {
  readonly broker?: BrokerState;
  readonly report?: StoredReport;
  readonly flow?: SagaFlow;
  /** Read just now, unless it says otherwise. */
  readonly sagas?: Partial<SagaReport>;
}

/** Plays a run: one look after the other, the last of them for ever; time passes in pauses. */
async function follow(
  looks: readonly Look[],
): Promise<FollowResult & { readonly atMs: number; readonly looked: number }> {
  let [atMs, looked] = [1_000_000, 0];
  const look = () => looks[Math.min(looked, looks.length) - 1] ?? looks[0];
  const result = await followVerdicts({
    observer: {
      read: () => {
        looked += 1;
        return Promise.resolve(look()?.broker ?? brokerOf());
      },
    },
    flowObserver: { read: () => Promise.resolve(look()?.flow ?? flowOf()) },
    verdicts: { before: reportOf(), latest: () => look()?.report ?? reportOf() },
    sagas: {
      before: sagaReportOf(),
      latest: () => sagaReportOf({ readAt: atMs, ...look()?.sagas }),
    },
    epochMs: () => atMs,
    published: new Map(),
    startedAtMs: atMs,
    patienceMs: 60_000,
    nowMs: () => atMs,
    pause: () => {
      atMs += pauseMs;
      return Promise.resolve();
    },
    onProgress: () => undefined,
  });
  return { ...result, atMs: atMs - 1_000_000, looked };
}

const planned = (through: number): StoredReport =>
  reportOf({ partitions: [{ author: authorOf('events', '0'), planned: through, settled: -1 }] });
const broker = brokerOf({ ends: [endOf('events', '0', 4)] });

describe('followVerdicts', () => {
  it('ends as soon as every published event has its verdict', async () => {
    const result = await follow([
      { broker, report: planned(1) },
      { broker, report: planned(3) },
      { broker, report: planned(4) },
    ]);
    expect(result).toMatchObject({ missing: [], looked: 4, atMs: 2 * pauseMs });
    expect(result.observation.elapsedMs).toBe(2 * pauseMs);
  });

  it('looks again at once, because a queue may have given a message up while it looked', async () => {
    const letters = (last: number) => brokerOf({ ends: [endOf('dead-letters', '2', last)] });
    const ingested = reportOf({
      partitions: [{ author: authorOf('dead-letters', '2'), planned: 0, settled: 0 }],
    });
    const result = await follow([
      { broker: letters(-1) },
      { broker: letters(0) },
      { broker: letters(0), report: ingested },
    ]);
    expect(result).toMatchObject({ missing: [], looked: 4, atMs: pauseMs });
  });

  it('gives up when nothing has moved for a minute and names what is missing', async () => {
    const result = await follow([
      { broker, report: planned(1) },
      { broker, report: planned(3) },
    ]);
    expect(result.missing).toEqual(['partition 0 of hub events: 4..4 have no verdict']);
    expect(result.atMs).toBe(pauseMs + 60_000);
  });

  it('has patience as long as anything moves', async () => {
    const slow = Array.from({ length: 1_000 }, (_, n) => ({
      broker: brokerOf({ ends: [endOf('events', '0', 9)] }),
      report: planned(Math.floor(n / 100)),
    }));
    const result = await follow(slow);
    expect(result.missing).toEqual([]);
    expect(result.atMs).toBeGreaterThan(5 * 60_000);
  });

  it('waits until every saga has ended', async () => {
    const running = { sagas: sagaCountsOf({ running: 1 }) };
    const ended = { sagas: sagaCountsOf({ completed: 1 }) };
    const result = await follow([{ sagas: running }, { sagas: running }, { sagas: ended }]);
    expect(result).toMatchObject({ missing: [], looked: 4 });
  });

  it('does not believe a list of sagas from before the last start was taken in', async () => {
    const start = { name: 'queue orders', isStart: true, oldest: '1' };
    const readBefore = { readAt: 1_000_000 };
    const result = await follow([
      { flow: flowOf({ waiting: [start] }), sagas: readBefore },
      { sagas: readBefore },
      { sagas: { readAt: 1_000_000 + pauseMs - 1 } },
      { sagas: { readAt: 1_000_000 + pauseMs, sagas: sagaCountsOf({ running: 1 }) } },
      { sagas: { readAt: 1_000_000 + 4 * pauseMs, sagas: sagaCountsOf({ completed: 1 }) } },
    ]);
    expect(result).toMatchObject({ missing: [], looked: 6 });
    expect(result.observation.sagas.quietSince).toBe(1_000_000 + pauseMs);
  });

  it('begins anew when something that may start a saga comes meanwhile', async () => {
    const lag = { behind: [{ partitionId: '3', read: 4, last: 5 }] };
    const old = { readAt: 1_000_000 };
    const result = await follow([
      { sagas: { readAt: 999_999 } },
      { flow: flowOf(lag), sagas: old },
      { sagas: old },
      { sagas: { readAt: 1_000_000 + 2 * pauseMs } },
    ]);
    expect(result.looked).toBe(5);
  });

  it('gives up when no saga moves for a minute and names those and what waits', async () => {
    const active = {
      sagaId: 'SO-1',
      definition: 'order-fulfilment',
      phase: 'running',
      startedAt: 0,
    };
    const waiting = [{ name: 'queue saga-replies', isStart: false, oldest: '7' }];
    const stuck = { flow: flowOf({ waiting }), sagas: { active: [active] } };
    const result = await follow([
      { ...stuck, sagas: { ...stuck.sagas, sagas: sagaCountsOf({ running: 1 }) } },
    ]);
    expect(result.missing).toEqual([
      'messages wait in queue saga-replies',
      'saga SO-1 (order-fulfilment, started 1970-01-01T00:00:00.000Z) is running',
    ]);
    expect(result.atMs).toBe(60_000);
  });

  it('has patience while messages of sagas move, although no saga changes its phase', async () => {
    const running = { sagas: sagaCountsOf({ running: 1 }) };
    const slow = Array.from({ length: 500 }, (_, n) => ({
      flow: flowOf({
        waiting: [{ name: 'queue saga-replies', isStart: false, oldest: `${Math.floor(n / 100)}` }],
      }),
      sagas: running,
    }));
    const result = await follow([...slow, { sagas: { sagas: sagaCountsOf({ completed: 1 }) } }]);
    expect(result.missing).toEqual([]);
    expect(result.atMs).toBeGreaterThan(3 * 60_000);
  });
});
