import type { Totals } from '../../domain/balance.ts';
import type { EpochMs } from '../../shared/kernel/time.ts';
import type { ListedSaga } from '../../shared/ports/saga-listing.ts';

/** Sagas by state; `running` are all that have not ended, so that the other three sum up with it. */
export interface SagaCounts {
  readonly started: number;
  readonly completed: number;
  readonly compensated: number;
  readonly needsHuman: number;
  readonly running: number;
}

/** Whether money, stock and parcels agree with each other and with the states of sagas. */
export interface SagaInvariants {
  /** How many sagas were compared with their participants' records. */
  readonly checked: number;
  /** One readable text for each, which begins with the saga's id. */
  readonly violations: readonly string[];
  readonly totals: Totals;
}

/** What stored data say of all sagas that were ever started. */
export interface SagaReport {
  /** When reading began: what had happened by then is in the report. */
  readonly readAt: EpochMs;
  /** When a saga last changed its phase; 0 without any. */
  readonly changedAt: number;
  readonly sagas: SagaCounts;
  readonly byDefinition: Readonly<Record<string, SagaCounts>>;
  /** Why sagas did not complete: how many, by code. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The oldest that have not ended. */
  readonly active: readonly ListedSaga[];
  /** The newest that wait for a person. */
  readonly needsHuman: readonly ListedSaga[];
  /** Left out while a watched saga runs: most of it is a promise about final states. */
  readonly invariants?: SagaInvariants;
}

const greatestListing = 20;

/** Counts the sagas. Pure; `invariants` is what was found out about them. */
export function reportSagas(
  sagas: readonly ListedSaga[],
  readAt: EpochMs,
  invariants?: SagaInvariants,
): SagaReport {
  const byDefinition = Map.groupBy(sagas, ({ definition }) => definition);
  const active = sagas.filter(({ phase }) => isActive(phase));
  const stuck = sagas.filter(({ phase }) => phase === 'needs-human');
  return {
    readAt,
    changedAt: sagas.reduce((newest, { changedAt }) => Math.max(newest, changedAt), 0),
    sagas: countSagas(sagas),
    byDefinition: sortedRecord([...byDefinition].map(([name, own]) => [name, countSagas(own)])),
    reasons: countReasons(sagas),
    active: active
      .toSorted((left, right) => left.startedAt - right.startedAt)
      .slice(0, greatestListing),
    needsHuman: stuck
      .toSorted((left, right) => right.changedAt - left.changedAt)
      .slice(0, greatestListing),
    ...(invariants !== undefined && { invariants }),
  };
}

/** Whether a saga in this phase goes on by itself. */
export function isActive(phase: ListedSaga['phase']): boolean {
  return phase === 'running' || phase === 'compensating';
}

function countSagas(sagas: readonly ListedSaga[]): SagaCounts {
  const count = (test: (phase: ListedSaga['phase']) => boolean): number =>
    sagas.filter(({ phase }) => test(phase)).length;
  return {
    started: sagas.length,
    completed: count((phase) => phase === 'completed'),
    compensated: count((phase) => phase === 'compensated'),
    needsHuman: count((phase) => phase === 'needs-human'),
    running: count(isActive),
  };
}

function countReasons(sagas: readonly ListedSaga[]): Readonly<Record<string, number>> {
  const withReason = sagas.filter(({ reason }) => reason !== '');
  const byReason = Map.groupBy(withReason, ({ reason }) => reason);
  return sortedRecord([...byReason].map(([reason, own]) => [reason, own.length]));
}

function sortedRecord<Value>(
  entries: readonly (readonly [string, Value])[],
): Readonly<Record<string, Value>> {
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
