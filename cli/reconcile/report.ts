import { entities } from '../../functions/entities.ts';
import type { VerdictCounts } from '../../shared/ports/ledger.ts';
import { addCounts, plus, sumOfVerdicts, type PartitionState } from './author-ledger.ts';
import { compareTable, type TableState } from './compare-table.ts';
import type { PartitionRange, Problem } from './problem.ts';

/**
 * What stored data say of all events that ever came. The counts are those of all origins; what died
 * elsewhere and only has its dead letter here is no event that was received.
 */
export interface ReconcileReport extends VerdictCounts {
  /** No problem: every event has one verdict, and the tables hold what the verdicts say. */
  readonly isReconciled: boolean;
  /** *received = landed + duplicate + dead-lettered + parked*, for every origin. */
  readonly identityHolds: boolean;
  readonly byOrigin: Readonly<Record<string, VerdictCounts>>;
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly version: number }>>;
  /** Dead letters by first code; those in folded plans are counted, but not by code. */
  readonly deadLetterCodes: Readonly<Record<string, number>>;
  /** As `deadLetterCodes`, of what died elsewhere. */
  readonly otherDeadLetterCodes: Readonly<Record<string, number>>;
  readonly partitions: readonly {
    readonly author: string;
    readonly planned: number;
    readonly settled: number;
  }[];
  /** Planned, not yet in the tables. */
  readonly inFlight: readonly PartitionRange[];
  readonly problems: readonly Problem[];
}

/** Compares plans and tables. Pure. The tables must have been read before the plans. */
export function reconcile(
  partitions: readonly PartitionState[],
  tables: readonly TableState[],
): ReconcileReport {
  const byAnyOrigin = partitions.reduce<ReadonlyMap<string, VerdictCounts>>(
    (sum, { ledger }) => addCounts(sum, ledger.countsByOrigin),
    new Map(),
  );
  const byOrigin = new Map([...byAnyOrigin].filter(([origin]) => !isElsewhere(origin)));
  const comparisons = tablesToCompare(partitions, tables).map((table) =>
    compareTable(table, partitions),
  );
  const identity = identityProblems(byAnyOrigin);
  const problems = [
    ...partitions.flatMap(problemsOf),
    ...identity,
    ...comparisons.flatMap((comparison) => comparison.problems),
  ];
  const total = [...byOrigin.values()].reduce(plus, noEvents);
  return {
    ...total,
    isReconciled: problems.length === 0,
    identityHolds: identity.length === 0,
    byOrigin: sortedRecord(byOrigin),
    tables: sortedRecord(
      new Map(tables.map(({ table, rows, version }) => [table, { rows, version }])),
    ),
    deadLetterCodes: sortedRecord(sumCodes(partitions, (origin) => !isElsewhere(origin))),
    otherDeadLetterCodes: sortedRecord(sumCodes(partitions, isElsewhere)),
    partitions: partitions.map(({ ledger: { author }, planned, settled }) => ({
      author,
      planned,
      settled,
    })),
    inFlight: joinRanges(comparisons.flatMap((comparison) => comparison.inFlight)),
    problems,
  };
}

const noEvents: VerdictCounts = {
  received: 0,
  landed: 0,
  duplicate: 0,
  deadLettered: 0,
  parked: 0,
};

/** Every table of the lake, and those that plans name although the lake has none. */
function tablesToCompare(
  partitions: readonly PartitionState[],
  tables: readonly TableState[],
): readonly TableState[] {
  const known = new Set(tables.map(({ table }) => table));
  const promised = new Set(partitions.flatMap(({ ledger }) => [...ledger.rowsByTable.keys()]));
  const missing = [...promised].filter((table) => !known.has(table));
  return [
    ...tables,
    ...missing.map((table) => ({ table, version: -1, rows: 0, txns: new Map<string, number>() })),
  ];
}

function problemsOf({ ledger, planned }: PartitionState): readonly Problem[] {
  const { author, plannedThrough, faults, lost } = ledger;
  const problems: Problem[] = faults.map(({ kind, range }) => ({
    kind,
    author,
    ...range,
    detail: faultDetails[kind],
  }));
  for (const range of lost) problems.push({ kind: 'lost', author, ...range, detail: lostDetail });
  if (plannedThrough !== undefined && plannedThrough < planned) {
    const range = { first: plannedThrough + 1, last: planned };
    problems.push({ kind: 'gap', author, ...range, detail: 'the head says planned, no plan does' });
  }
  return problems;
}

const lostDetail = 'retention took them before anybody could read them';
const faultDetails = {
  gap: 'no plan covers them',
  overlap: 'two plans cover them',
  unjudged: 'the plan has no verdict for them',
  miscounted: 'the counts of the plan are not those of its verdicts',
} as const;

function identityProblems(byOrigin: ReadonlyMap<string, VerdictCounts>): readonly Problem[] {
  return [...byOrigin].flatMap(([origin, counts]): Problem[] => {
    const sum = sumOfVerdicts(counts);
    if (counts.received === sum) return [];
    return [
      { kind: 'identity', detail: `${origin}: received ${counts.received}, verdicts ${sum}` },
    ];
  });
}

/** Its items died at other consumers, except those that are counted under the relay's origin. */
function isElsewhere(origin: string): boolean {
  return origin === entities.deadLettersHub;
}

function sumCodes(
  partitions: readonly PartitionState[],
  isWanted: (origin: string) => boolean,
): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  const codes = partitions.flatMap(({ ledger }) => [...ledger.deadLetterCodes]);
  for (const [origin, ofOrigin] of codes) {
    if (!isWanted(origin)) continue;
    for (const [code, count] of ofOrigin) sum.set(code, (sum.get(code) ?? 0) + count);
  }
  return sum;
}

/** One range per partition, over all its tables. */
function joinRanges(ranges: readonly PartitionRange[]): readonly PartitionRange[] {
  const joined = new Map<string, PartitionRange>();
  for (const range of ranges) {
    const { first, last } = joined.get(range.author) ?? range;
    joined.set(range.author, {
      author: range.author,
      first: Math.min(first, range.first),
      last: Math.max(last, range.last),
    });
  }
  return [...joined.values()];
}

function sortedRecord<Value>(map: ReadonlyMap<string, Value>): Readonly<Record<string, Value>> {
  return Object.fromEntries([...map].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
