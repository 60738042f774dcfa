import type { SagaFlow } from './saga-flow.ts';
import type { SagaCounts, SagaReport } from './saga-report-codec.ts';

/** What is known of the sagas at one moment. */
export interface SagaObservation {
  /** Stored data before anything was published. */
  readonly before: SagaReport;
  readonly now: SagaReport;
  readonly flow: SagaFlow;
  /** Since when nothing has waited to start a saga (ms since 1970); undefined when something does. */
  readonly quietSince: number | undefined;
}

/** What became of the sagas of one run; `running` are all that have not ended, whenever started. */
export interface SagaSummary {
  readonly sagas: SagaCounts;
  readonly sagasByDefinition: Readonly<Record<string, SagaCounts>>;
  readonly invariants: {
    /** How often money, stock or parcels contradict each other or a final state. */
    readonly violations: number;
  };
}

const none: SagaCounts = { started: 0, completed: 0, compensated: 0, needsHuman: 0, running: 0 };
const greatestList = 5;

export function summarizeSagas({ before, now }: SagaObservation): SagaSummary {
  const byDefinition = Object.entries(now.byDefinition).map(([name, counts]) => {
    const former = Object.hasOwn(before.byDefinition, name) ? before.byDefinition[name] : undefined;
    return [name, countsSince(counts, former ?? none)] as const;
  });
  return {
    sagas: countsSince(now.sagas, before.sagas),
    sagasByDefinition: Object.fromEntries(byDefinition.filter(([, counts]) => hasAny(counts))),
    invariants: { violations: now.invariants?.violations.length ?? 0 },
  };
}

/** Whether messages wait that may start a saga. */
export function awaitsStarts({ behind, waiting }: SagaFlow): boolean {
  return behind.length > 0 || waiting.some(({ isStart }) => isStart);
}

/** What keeps sagas from having ended, in words; empty when every saga has. */
export function findMissingSagas(observation: SagaObservation): readonly string[] {
  const { flow, now, quietSince } = observation;
  const missing = [
    ...flow.behind.map(
      ({ partitionId, read, last }) =>
        `partition ${partitionId} of hub events: the sagas have not read ${read + 1}..${last}`,
    ),
    ...flow.waiting.map(({ name }) => `messages wait in ${name}`),
    ...flow.stranded.map((name) => `dead letters of ${name} wait to be ingested`),
    ...activeSagas(now),
  ];
  if (missing.length > 0) return missing;
  // What was taken in just before it became quiet is only in a report that began to read later.
  const isFresh = quietSince !== undefined && now.readAt >= quietSince;
  return isFresh ? [] : ['the list of sagas is older than the last message that may start one'];
}

/** Why sagas that have all ended are wrong all the same; empty when they are right. */
export function findSagaFaults({ now }: SagaObservation): readonly string[] {
  return (now.invariants?.violations ?? []).map((violation) => `saga ${violation}`);
}

/** Changes whenever a saga, or a message for one, has moved. */
export function sagaSignatureOf({ now, flow }: SagaObservation): string {
  const oldest = flow.waiting.map((entity) => [entity.name, entity.oldest]);
  const lags = flow.behind.map(({ partitionId, read, last }) => [partitionId, read, last]);
  return JSON.stringify([now.sagas, now.changedAt, oldest, lags, flow.stranded]);
}

function activeSagas({ active, sagas: { running } }: SagaReport): readonly string[] {
  const shown = active.slice(0, greatestList);
  const more = running - shown.length;
  return [
    ...shown.map(
      ({ sagaId, definition, phase, startedAt }) =>
        `saga ${sagaId} (${definition}, started ${new Date(startedAt).toISOString()}) is ${phase}`,
    ),
    ...(more > 0 ? [`... and ${more} more saga(s) that have not ended`] : []),
  ];
}

function countsSince(now: SagaCounts, before: SagaCounts): SagaCounts {
  return {
    started: now.started - before.started,
    completed: now.completed - before.completed,
    compensated: now.compensated - before.compensated,
    needsHuman: now.needsHuman - before.needsHuman,
    running: now.running,
  };
}

function hasAny(counts: SagaCounts): boolean {
  return Object.values(counts).some((count: number) => count !== 0);
}
