import type { BrokerObserver } from './broker-state.ts';
import type { StoredReport } from './report-codec.ts';
import type { SagaFlowObserver } from './saga-flow.ts';
import type { SagaReport } from './saga-report-codec.ts';
import { awaitsStarts } from './saga-verdicts.ts';
import { findMissing, signatureOf, type Observation } from './verdicts.ts';

/** What a command that watches has read of stored data. */
export interface Watched<Report> {
  /** Before anything was published. */
  readonly before: Report;
  readonly latest: () => Report;
}

export interface Following {
  readonly observer: Pick<BrokerObserver, 'read'>;
  readonly flowObserver: Pick<SagaFlowObserver, 'read'>;
  readonly verdicts: Watched<StoredReport>;
  readonly sagas: Watched<SagaReport>;
  readonly published: ReadonlyMap<string, number>;
  /** When publishing began, by `nowMs`. */
  readonly startedAtMs: number;
  /** How long nothing may move. */
  readonly patienceMs: number;
  /** A clock that never goes back, in milliseconds. */
  readonly nowMs: () => number;
  /** The wall clock: another process says by it when it read. */
  readonly epochMs: () => number;
  /** Waits a moment between two looks. */
  readonly pause: () => Promise<void>;
  readonly onProgress: (observation: Observation) => void;
}

export interface FollowResult {
  readonly observation: Observation;
  /** What was not over when patience ended; empty when everything is. */
  readonly missing: readonly string[];
}

/**
 * Watches stored data and brokers until every published event has its verdict, every saga has
 * ended and what is dead is ingested, or nothing moves.
 */
export async function followVerdicts(following: Following): Promise<FollowResult> {
  const { nowMs, pause, patienceMs, onProgress } = following;
  let signature = '';
  let movedAtMs = nowMs();
  let quietSince: number | undefined;
  let isConfirming = false;
  for (;;) {
    const observation = await observe(following, quietSince);
    quietSince = observation.sagas.quietSince;
    onProgress(observation);
    const missing = findMissing(observation);
    const next = signatureOf(observation);
    if (next !== signature) movedAtMs = nowMs();
    signature = next;
    const isStuck = nowMs() - movedAtMs >= patienceMs;
    const isOver = missing.length === 0;
    if ((isOver && isConfirming) || isStuck) return { observation, missing };
    // A message that a queue gave up while we looked is in a hub when we look again.
    isConfirming = isOver;
    if (!isOver) await pause();
  }
}

/** The brokers first: stored data that are older only make it wait a little longer. */
async function observe(following: Following, quietSince: number | undefined): Promise<Observation> {
  const { observer, flowObserver, verdicts, sagas, published, startedAtMs, nowMs } = following;
  const broker = await observer.read();
  const flow = await flowObserver.read(broker.ends);
  const isQuiet = !awaitsStarts(flow);
  return {
    before: verdicts.before,
    now: verdicts.latest(),
    broker,
    published,
    sagas: {
      before: sagas.before,
      now: sagas.latest(),
      flow,
      quietSince: isQuiet ? (quietSince ?? following.epochMs()) : undefined,
    },
    elapsedMs: Math.round(nowMs() - startedAtMs),
  };
}
