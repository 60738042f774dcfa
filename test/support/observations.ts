import type { BrokerState } from '../../local/summary/broker-state.ts';
import type { Counts, LetterCounts, StoredReport } from '../../local/summary/report-codec.ts';
import type { SagaFlow } from '../../local/summary/saga-flow.ts';
import type { SagaCounts, SagaReport } from '../../local/summary/saga-report-codec.ts';
import type { SagaObservation } from '../../local/summary/saga-verdicts.ts';

const incarnation = '2026-05-01T00:00:00.000Z';

/** Counts that satisfy the identity. */
export function countsOf(landed: number, duplicate = 0, deadLettered = 0): Counts {
  const received = landed + duplicate + deadLettered;
  return { received, landed, duplicate, deadLettered, parked: 0 };
}

export function authorOf(hub: string, partitionId: string, created = incarnation): string {
  return `127.0.0.1/${hub}/${created}/cg-data-bronze/${partitionId}`;
}

const noLetters: LetterCounts = {
  ...{ open: 0, resolved: 0, alerts: [] },
  byCategory: { schema: 0, processing: 0, timeout: 0, poison: 0 },
};

/** A report of a runtime that has received nothing, with changes. */
export function reportOf(change: Partial<StoredReport> = {}): StoredReport {
  return {
    ...countsOf(0),
    isReconciled: true,
    identityHolds: true,
    byOrigin: {},
    tables: {},
    deadLetterCodes: {},
    otherDeadLetterCodes: {},
    partitions: [],
    inFlight: [],
    deadLetters: noLetters,
    problems: [],
    ...change,
  };
}

/** Brokers that hold nothing, with changes. */
export function brokerOf(change: Partial<BrokerState> = {}): BrokerState {
  return { ends: [], isRelayBusy: false, hasDeadLetters: false, ...change };
}

export function endOf(hub: string, partitionId: string, last: number): BrokerState['ends'][number] {
  return { hub, partitionId, incarnation, last };
}

/** Counts of sagas that add up. */
export function sagaCountsOf(change: Partial<Omit<SagaCounts, 'started'>> = {}): SagaCounts {
  const counts = { completed: 0, compensated: 0, needsHuman: 0, running: 0, ...change };
  return { started: Object.values(counts).reduce((sum, count) => sum + count, 0), ...counts };
}

/** A report on no saga, with changes. */
export function sagaReportOf(change: Partial<SagaReport> = {}): SagaReport {
  return {
    readAt: 1_777_600_000_000,
    changedAt: 0,
    sagas: sagaCountsOf(),
    byDefinition: {},
    reasons: {},
    active: [],
    invariants: { violations: [] },
    ...change,
  };
}

/** Nothing on its way to a saga, with changes. */
export function flowOf(change: Partial<SagaFlow> = {}): SagaFlow {
  return { behind: [], waiting: [], stranded: [], ...change };
}

/** No saga, and none to come, with changes. */
export function sagasOf(change: Partial<SagaObservation> = {}): SagaObservation {
  const [before, now, flow] = [sagaReportOf(), sagaReportOf(), flowOf()];
  return { before, now, flow, quietSince: 1_777_600_000_000, ...change };
}
