import { describe, expect, it } from 'vitest';
import {
  addPlan,
  openAuthorLedger,
  type PartitionState,
} from '../../../../cli/reconcile/author-ledger.ts';
import type { TableState } from '../../../../cli/reconcile/compare-table.ts';
import { reconcile } from '../../../../cli/reconcile/report.ts';
import type { Balance, Plan } from '../../../../shared/ports/ledger.ts';
import { deadLettered, duplicate, landedIn, planOf, someAuthor } from '../../../support/plans.ts';

const author = someAuthor();
const orders = 'brz_event_erp_order_created';
const deadLetters = 'brz_event_dead_letter';

function partition(
  plans: readonly Plan[],
  head: { readonly planned?: number; readonly settled?: number; readonly balance?: Balance } = {},
): PartitionState {
  const ledger = plans.reduce(addPlan, openAuthorLedger(author, head.balance));
  const planned = head.planned ?? plans.at(-1)?.last ?? -1;
  return { ledger, planned, settled: head.settled ?? planned };
}

function table(name: string, rows: number, watermark: number | undefined): TableState {
  const txns = new Map<string, number>(watermark === undefined ? [] : [[author, watermark]]);
  return { table: name, version: 3, rows, txns };
}

const plans = [
  planOf(0, [landedIn(orders), duplicate, deadLettered('json.malformed')]),
  planOf(3, [landedIn(orders), deadLettered('json.malformed'), deadLettered('bytes.empty')]),
];
const landed = [table(orders, 2, 3), table(deadLetters, 3, 5)];

function problemsOf(
  partitions: readonly PartitionState[],
  tables: readonly TableState[],
): readonly object[] {
  return reconcile(partitions, tables).problems.map(({ kind, first, last }) => ({
    kind,
    ...(first === undefined ? {} : { first, last }),
  }));
}

describe('reconcile', () => {
  it('adds up verdicts by origin and dead letters by their first code', () => {
    const report = reconcile([partition(plans)], landed);
    const counts = { received: 6, landed: 2, duplicate: 1, deadLettered: 3, parked: 0 };
    expect(report).toMatchObject({ ...counts, byOrigin: { events: counts } });
    expect(report.deadLetterCodes).toEqual({ 'bytes.empty': 1, 'json.malformed': 2 });
    expect(report.tables).toEqual({
      [deadLetters]: { rows: 3, version: 3 },
      [orders]: { rows: 2, version: 3 },
    });
  });

  it('is reconciled when every row that is planned has landed', () => {
    const report = reconcile([partition(plans)], landed);
    expect(report).toMatchObject({ isReconciled: true, identityHolds: true, inFlight: [] });
  });

  it('calls rows above the watermark in flight, not missing', () => {
    const tables = [table(orders, 1, 0), table(deadLetters, 1, 2)];
    const report = reconcile([partition(plans, { settled: 2 })], tables);
    expect(report.isReconciled).toBe(true);
    expect(report.inFlight).toEqual([{ author, first: 3, last: 5 }]);
  });

  it('calls everything in flight while a table is not there yet', () => {
    const report = reconcile([partition(plans, { settled: -1 })], []);
    expect(report.isReconciled).toBe(true);
    expect(report.inFlight).toEqual([{ author, first: 0, last: 5 }]);
  });

  it('counts what was folded away as landed', () => {
    const counts = { received: 5, landed: 4, duplicate: 0, deadLettered: 1, parked: 0 };
    const balance: Balance = {
      first: 0,
      last: 4,
      lost: [],
      countsByOrigin: new Map([['events', counts]]),
      landedByTable: new Map([[orders, 4]]),
    };
    const next = planOf(5, [landedIn(orders)]);
    const tables = [table(orders, 5, 5), table(deadLetters, 1, 4)];
    const report = reconcile([partition([next], { balance })], tables);
    expect(report).toMatchObject({ isReconciled: true, received: 6, landed: 5, deadLettered: 1 });
  });

  it('counts what landed in the table of dead letters beside the dead letters themselves', () => {
    const counts = { received: 5, landed: 3, duplicate: 1, deadLettered: 1, parked: 0 };
    const balance: Balance = {
      ...{ first: 0, last: 4, lost: [] },
      countsByOrigin: new Map([['dead-letters', counts]]),
      landedByTable: new Map([[deadLetters, 3]]),
    };
    const next = planOf(5, [landedIn(deadLetters)]);
    const report = reconcile([partition([next], { balance })], [table(deadLetters, 5, 5)]);
    expect(report).toMatchObject({ isReconciled: true, problems: [] });
  });

  it('reports the range between two plans that no plan covers', () => {
    const split = [planOf(0, [duplicate]), planOf(4, [duplicate])];
    expect(problemsOf([partition(split)], [])).toEqual([{ kind: 'gap', first: 1, last: 3 }]);
  });

  it('reports the range that the head calls planned and no plan covers', () => {
    const states = [partition([planOf(0, [duplicate])], { planned: 7, settled: 0 })];
    expect(problemsOf(states, [])).toEqual([{ kind: 'gap', first: 1, last: 7 }]);
  });

  it('reports two plans that overlap', () => {
    const doubled = [planOf(0, [duplicate, duplicate]), planOf(1, [duplicate])];
    expect(problemsOf([partition(doubled)], [])).toEqual([{ kind: 'overlap', first: 1, last: 1 }]);
  });

  it('reports messages of a plan without a verdict, and accepts those recorded as lost', () => {
    const holey = planOf(0, [duplicate], { last: 9, lost: [{ first: 4, last: 6 }] });
    expect(problemsOf([partition([holey])], [])).toEqual([
      { kind: 'unjudged', first: 1, last: 3 },
      { kind: 'unjudged', first: 7, last: 9 },
      { kind: 'lost', first: 4, last: 6 },
    ]);
  });

  it('reports a plan whose counts are not those of its verdicts', () => {
    const wrong = planOf(0, [duplicate], {
      countsByOrigin: new Map([
        ['events', { received: 2, landed: 1, duplicate: 1, deadLettered: 0, parked: 0 }],
      ]),
    });
    expect(problemsOf([partition([wrong])], [])).toEqual([
      { kind: 'miscounted', first: 0, last: 0 },
    ]);
  });

  it('reports an origin whose received events are not the sum of its verdicts', () => {
    const balance: Balance = {
      first: 0,
      last: 4,
      lost: [],
      countsByOrigin: new Map([
        ['events', { received: 5, landed: 3, duplicate: 1, deadLettered: 0, parked: 0 }],
      ]),
      landedByTable: new Map([[orders, 3]]),
    };
    const report = reconcile([partition([], { balance, planned: 4 })], [table(orders, 3, 4)]);
    expect(report.identityHolds).toBe(false);
    expect(report.problems).toEqual([
      { kind: 'identity', detail: 'events: received 5, verdicts 4' },
    ]);
  });

  it('reports rows that the head calls settled and the table does not have', () => {
    const tables = [table(orders, 1, 0), table(deadLetters, 3, 5)];
    expect(problemsOf([partition(plans)], tables)).toEqual([
      { kind: 'not-landed', first: 3, last: 3 },
    ]);
  });

  it.each([1, 3])('reports a table with %i rows instead of the 2 that were planned', (rows) => {
    const tables = [table(orders, rows, 3), table(deadLetters, 3, 5)];
    expect(problemsOf([partition(plans)], tables)).toEqual([{ kind: 'rows' }]);
  });

  it('reports a watermark above everything that was planned', () => {
    const tables = [table(orders, 2, 6), table(deadLetters, 3, 5)];
    expect(problemsOf([partition(plans)], tables)).toEqual([{ kind: 'watermark' }]);
  });

  it('reports an author in a table that has no ledger', () => {
    const stranger = { table: orders, version: 0, rows: 0, txns: new Map([['who', 1]]) };
    expect(problemsOf([], [stranger])).toEqual([{ kind: 'unknown-author' }]);
  });

  it('counts by origin whatever an origin is called', () => {
    const hostile = planOf(0, [duplicate], {
      items: [{ sequenceNumber: 0, index: 0, origin: '__proto__', verdict: duplicate }],
      countsByOrigin: new Map([
        ['__proto__', { received: 1, landed: 0, duplicate: 1, deadLettered: 0, parked: 0 }],
      ]),
    });
    const report = reconcile([partition([hostile])], []);
    expect(report.isReconciled).toBe(true);
    expect(Object.keys(report.byOrigin)).toEqual(['__proto__']);
  });
});
