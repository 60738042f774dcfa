import type { BrokerState } from '../../local/summary/broker-state.ts';
import type { Counts, StoredReport } from '../../local/summary/report-codec.ts';

const incarnation = '2026-05-01T00:00:00.000Z';

/** Counts that satisfy the identity. */
export function countsOf(landed: number, duplicate = 0, deadLettered = 0): Counts {
  const received = landed + duplicate + deadLettered;
  return { received, landed, duplicate, deadLettered, parked: 0 };
}

export function authorOf(hub: string, partitionId: string, created = incarnation): string {
  return `127.0.0.1/${hub}/${created}/cg-data-bronze/${partitionId}`;
}

/** A report of a runtime that has received nothing, with changes. */
export function reportOf(change: Partial<StoredReport> = {}): StoredReport {
  return {
    ...countsOf(0),
    isReconciled: true,
    identityHolds: true,
    byOrigin: {},
    tables: {},
    deadLetterCodes: {},
    partitions: [],
    inFlight: [],
    problems: [],
    ...change,
  };
}

/** Brokers that hold nothing, with changes. */
export function brokerOf(change: Partial<BrokerState> = {}): BrokerState {
  return { ends: [], isRelayBusy: false, deadLetters: new Map(), ...change };
}

export function endOf(hub: string, partitionId: string, last: number): BrokerState['ends'][number] {
  return { hub, partitionId, incarnation, last };
}
