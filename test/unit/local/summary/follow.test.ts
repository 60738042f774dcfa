import { describe, expect, it } from 'vitest';
import type { BrokerState } from '../../../../local/summary/broker-state.ts';
import { followVerdicts, type FollowResult } from '../../../../local/summary/follow.ts';
import type { StoredReport } from '../../../../local/summary/report-codec.ts';
import { authorOf, brokerOf, endOf, reportOf } from '../../../support/observations.ts';

const pauseMs = 500;

/** Plays a run: one look after the other, the last of them for ever; time passes in pauses. */
async function follow(
  looks: readonly { readonly broker: BrokerState; readonly report: StoredReport }[],
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
    before: reportOf(),
    latest: () => look()?.report ?? reportOf(),
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
    expect(result).toMatchObject({ missing: [], looked: 3, atMs: 2 * pauseMs });
    expect(result.observation.elapsedMs).toBe(2 * pauseMs);
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
});
