import type { BrokerObserver } from './broker-state.ts';
import type { StoredReport } from './report-codec.ts';
import { findMissing, signatureOf, type Observation } from './verdicts.ts';

export interface Following {
  readonly observer: Pick<BrokerObserver, 'read'>;
  /** Stored data before anything was published. */
  readonly before: StoredReport;
  /** Stored data as they were last read. */
  readonly latest: () => StoredReport;
  readonly published: ReadonlyMap<string, number>;
  /** When publishing began, by `nowMs`. */
  readonly startedAtMs: number;
  /** How long nothing may move. */
  readonly patienceMs: number;
  /** A clock that never goes back, in milliseconds. */
  readonly nowMs: () => number;
  /** Waits a moment between two looks. */
  readonly pause: () => Promise<void>;
  readonly onProgress: (observation: Observation) => void;
}

export interface FollowResult {
  readonly observation: Observation;
  /** What still had no verdict when patience ended; empty when all have. */
  readonly missing: readonly string[];
}

/** Watches stored data and brokers until every published event has its verdict or nothing moves. */
export async function followVerdicts(following: Following): Promise<FollowResult> {
  const { nowMs, pause, patienceMs, onProgress } = following;
  let signature = '';
  let movedAtMs = nowMs();
  for (;;) {
    const observation = await observe(following);
    onProgress(observation);
    const missing = findMissing(observation);
    const next = signatureOf(observation);
    if (next !== signature) movedAtMs = nowMs();
    signature = next;
    const isStuck = nowMs() - movedAtMs >= patienceMs;
    if (missing.length === 0 || isStuck) return { observation, missing };
    await pause();
  }
}

/** The brokers first: stored data that are older only make it wait a little longer. */
async function observe(following: Following): Promise<Observation> {
  const { observer, before, latest, published, startedAtMs, nowMs } = following;
  const broker = await observer.read();
  const elapsedMs = Math.round(nowMs() - startedAtMs);
  return { before, now: latest(), broker, published, elapsedMs };
}
