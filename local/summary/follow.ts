import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerObserver } from './broker-state.ts';
import type { StoredReport } from './report-codec.ts';
import { findMissing, signatureOf, type Observation } from './verdicts.ts';

export interface Following {
  readonly observer: BrokerObserver;
  /** Stored data before anything was published. */
  readonly before: StoredReport;
  /** Stored data as they were last read. */
  readonly latest: () => StoredReport;
  readonly published: ReadonlyMap<string, number>;
  /** When publishing began, on the clock of `performance.now()`. */
  readonly startedAtMs: number;
  /** How long nothing may move. */
  readonly patienceMs: number;
  readonly onProgress: (observation: Observation) => void;
}

export interface FollowResult {
  readonly observation: Observation;
  /** What still had no verdict when patience ended; empty when all have. */
  readonly missing: readonly string[];
}

const intervalMs = 500;

/** Watches stored data and brokers until every published event has its verdict or nothing moves. */
export async function followVerdicts(following: Following): Promise<FollowResult> {
  let signature = '';
  let movedAtMs = performance.now();
  for (;;) {
    const observation = await observe(following);
    following.onProgress(observation);
    const missing = findMissing(observation);
    const next = signatureOf(observation);
    if (next !== signature) movedAtMs = performance.now();
    signature = next;
    const isStuck = performance.now() - movedAtMs > following.patienceMs;
    if (missing.length === 0 || isStuck) return { observation, missing };
    await sleep(intervalMs);
  }
}

/** The brokers first: stored data that are older only make it wait a little longer. */
async function observe(following: Following): Promise<Observation> {
  const { observer, before, latest, published, startedAtMs } = following;
  const broker = await observer.read();
  const elapsedMs = Math.round(performance.now() - startedAtMs);
  return { before, now: latest(), broker, published, elapsedMs };
}
