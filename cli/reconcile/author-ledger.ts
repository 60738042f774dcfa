import { isDeepStrictEqual } from 'node:util';
import { deadLetterTable } from '../../shared/ingest/dead-letter-rows.ts';
import type { Author } from '../../shared/kernel/author.ts';
import type {
  Balance,
  Plan,
  PlannedItem,
  SequenceRange,
  VerdictCounts,
} from '../../shared/ports/ledger.ts';

/** Rows of one table that the plans of one partition promise. */
export interface PlannedRows {
  /** Rows of plans that were folded away, all of them landed. */
  readonly folded: number;
  /** One entry per row, its sequence number, ascending; one run per plan. */
  readonly runs: readonly (readonly number[])[];
}

/** Something that cannot be right in the plans of one partition. */
interface LedgerFault {
  readonly kind: 'gap' | 'overlap' | 'unjudged' | 'miscounted';
  readonly range: SequenceRange;
}

/** The plans of one partition, walked and added up. */
export interface AuthorLedger {
  readonly author: Author;
  /** Last sequence number that a plan or the balance covers; undefined before the first. */
  readonly plannedThrough: number | undefined;
  readonly countsByOrigin: ReadonlyMap<string, VerdictCounts>;
  /** Dead letters by origin and first code, folded ones excepted. */
  readonly deadLetterCodes: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly rowsByTable: ReadonlyMap<string, PlannedRows>;
  readonly lost: readonly SequenceRange[];
  readonly faults: readonly LedgerFault[];
}

/** A partition's plans with its head. */
export interface PartitionState {
  readonly ledger: AuthorLedger;
  readonly planned: number;
  /** Read before the tables were: what it covers must be in them. */
  readonly settled: number;
}

const noCounts: VerdictCounts = {
  received: 0,
  landed: 0,
  duplicate: 0,
  deadLettered: 0,
  parked: 0,
};

/** The ledger of a partition before its first plan that is still there. */
export function openAuthorLedger(author: Author, balance: Balance | undefined): AuthorLedger {
  const empty: AuthorLedger = {
    author,
    plannedThrough: undefined,
    countsByOrigin: new Map(),
    deadLetterCodes: new Map(),
    rowsByTable: new Map(),
    lost: [],
    faults: [],
  };
  if (balance === undefined) return empty;
  const { last, lost, countsByOrigin } = balance;
  return { ...empty, plannedThrough: last, lost, countsByOrigin, rowsByTable: foldedRows(balance) };
}

function foldedRows(balance: Balance): ReadonlyMap<string, PlannedRows> {
  const rows = new Map(balance.landedByTable);
  const counts = [...balance.countsByOrigin.values()];
  const deadLettered = counts.reduce((sum, one) => sum + one.deadLettered, 0);
  // Changes of resolution land in the same table.
  const landed = rows.get(deadLetterTable) ?? 0;
  if (deadLettered > 0) rows.set(deadLetterTable, deadLettered + landed);
  return new Map([...rows].map(([table, folded]) => [table, { folded, runs: [] }]));
}

/** Adds the next plan: its counts, its rows, and what is wrong with it. */
export function addPlan(ledger: AuthorLedger, plan: Plan): AuthorLedger {
  return {
    author: ledger.author,
    plannedThrough: Math.max(plan.last, ledger.plannedThrough ?? plan.last),
    countsByOrigin: addCounts(ledger.countsByOrigin, plan.countsByOrigin),
    deadLetterCodes: addCodes(ledger.deadLetterCodes, plan.items),
    rowsByTable: addRows(ledger.rowsByTable, plan.items),
    lost: [...ledger.lost, ...plan.lost],
    faults: [...ledger.faults, ...faultsOf(ledger.plannedThrough, plan)],
  };
}

/** Adds counts of verdicts, by origin. */
export function addCounts(
  left: ReadonlyMap<string, VerdictCounts>,
  right: ReadonlyMap<string, VerdictCounts>,
): ReadonlyMap<string, VerdictCounts> {
  const sum = new Map(left);
  for (const [origin, counts] of right) sum.set(origin, plus(sum.get(origin) ?? noCounts, counts));
  return sum;
}

export function plus(left: VerdictCounts, right: VerdictCounts): VerdictCounts {
  return {
    received: left.received + right.received,
    landed: left.landed + right.landed,
    duplicate: left.duplicate + right.duplicate,
    deadLettered: left.deadLettered + right.deadLettered,
    parked: left.parked + right.parked,
  };
}

function addCodes(
  codes: ReadonlyMap<string, ReadonlyMap<string, number>>,
  items: readonly PlannedItem[],
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const sum = new Map([...codes].map(([origin, ofOrigin]) => [origin, new Map(ofOrigin)]));
  for (const { origin, verdict } of items) {
    if (verdict.kind !== 'dead-lettered') continue;
    const [{ code }] = verdict.rejection.violations;
    const ofOrigin = sum.get(origin) ?? new Map<string, number>();
    sum.set(origin, ofOrigin.set(code, (ofOrigin.get(code) ?? 0) + 1));
  }
  return sum;
}

function addRows(
  rows: ReadonlyMap<string, PlannedRows>,
  items: readonly PlannedItem[],
): ReadonlyMap<string, PlannedRows> {
  const added = Map.groupBy(items, tableOf);
  const sum = new Map(rows);
  for (const [table, itemsOfTable] of added) {
    if (table === undefined) continue;
    const { folded, runs } = sum.get(table) ?? { folded: 0, runs: [] };
    const run = itemsOfTable.map(({ sequenceNumber }) => sequenceNumber);
    sum.set(table, { folded, runs: [...runs, run] });
  }
  return sum;
}

function tableOf({ verdict }: PlannedItem): string | undefined {
  if (verdict.kind === 'landed') return verdict.table;
  return verdict.kind === 'dead-lettered' ? deadLetterTable : undefined;
}

function faultsOf(plannedThrough: number | undefined, plan: Plan): readonly LedgerFault[] {
  const expected = plannedThrough === undefined ? plan.first : plannedThrough + 1;
  const faults: LedgerFault[] = [];
  if (plan.first > expected) {
    faults.push({ kind: 'gap', range: { first: expected, last: plan.first - 1 } });
  }
  if (plan.first < expected) {
    faults.push({ kind: 'overlap', range: { first: plan.first, last: expected - 1 } });
  }
  for (const range of unjudgedIn(plan)) faults.push({ kind: 'unjudged', range });
  // The counts that follow from the verdicts also satisfy the identity.
  if (!isDeepStrictEqual(countItems(plan.items), new Map(plan.countsByOrigin))) {
    faults.push({ kind: 'miscounted', range: { first: plan.first, last: plan.last } });
  }
  return faults;
}

/** Sequence numbers of the plan's range that have no verdict and are not recorded as lost. */
function unjudgedIn({ first, last, items, lost }: Plan): readonly SequenceRange[] {
  const judged = new Set(items.map(({ sequenceNumber }) => sequenceNumber));
  const isLost = (at: number): boolean =>
    lost.some((range) => at >= range.first && at <= range.last);
  const ranges: SequenceRange[] = [];
  for (let at = first; at <= last; at += 1) {
    if (judged.has(at) || isLost(at)) continue;
    const previous = ranges.at(-1);
    if (previous?.last === at - 1) ranges[ranges.length - 1] = { ...previous, last: at };
    else ranges.push({ first: at, last: at });
  }
  return ranges;
}

/** What `received` must be. */
export function sumOfVerdicts(counts: VerdictCounts): number {
  return counts.landed + counts.duplicate + counts.deadLettered + counts.parked;
}

const countOfKind = {
  landed: { ...noCounts, received: 1, landed: 1 },
  duplicate: { ...noCounts, received: 1, duplicate: 1 },
  'dead-lettered': { ...noCounts, received: 1, deadLettered: 1 },
  parked: { ...noCounts, received: 1, parked: 1 },
} as const;

function countItems(items: readonly PlannedItem[]): ReadonlyMap<string, VerdictCounts> {
  const counts = new Map<string, VerdictCounts>();
  for (const { origin, verdict } of items) {
    counts.set(origin, plus(counts.get(origin) ?? noCounts, countOfKind[verdict.kind]));
  }
  return counts;
}
