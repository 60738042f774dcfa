import type { Balance, Plan, SequenceRange, VerdictCounts } from '../ports/ledger.ts';

/** The balance with the next plan folded in. Pure; a plan follows the balance without a gap. */
export function foldPlan(balance: Balance | undefined, plan: Plan): Balance {
  const sum = balance ?? emptyBalance(plan.first);
  return {
    first: sum.first,
    last: plan.last,
    lost: joinRanges([...sum.lost, ...plan.lost]),
    countsByOrigin: addCounts(sum.countsByOrigin, plan.countsByOrigin),
    landedByTable: addLanded(sum.landedByTable, plan),
  };
}

function emptyBalance(first: number): Balance {
  return { first, last: first - 1, lost: [], countsByOrigin: new Map(), landedByTable: new Map() };
}

function joinRanges(ranges: readonly SequenceRange[]): SequenceRange[] {
  const joined: SequenceRange[] = [];
  for (const range of ranges) {
    const before = joined.at(-1);
    if (before?.last === range.first - 1) joined.splice(-1, 1, { ...before, last: range.last });
    else joined.push(range);
  }
  return joined;
}

function addCounts(
  sums: ReadonlyMap<string, VerdictCounts>,
  more: ReadonlyMap<string, VerdictCounts>,
): Map<string, VerdictCounts> {
  const added = new Map(sums);
  for (const [origin, counts] of more) {
    const sum = added.get(origin);
    added.set(origin, sum === undefined ? counts : addTwo(sum, counts));
  }
  return added;
}

function addTwo(left: VerdictCounts, right: VerdictCounts): VerdictCounts {
  return {
    received: left.received + right.received,
    landed: left.landed + right.landed,
    duplicate: left.duplicate + right.duplicate,
    deadLettered: left.deadLettered + right.deadLettered,
    parked: left.parked + right.parked,
  };
}

function addLanded(sums: ReadonlyMap<string, number>, { items }: Plan): Map<string, number> {
  const added = new Map(sums);
  for (const { verdict } of items) {
    if (verdict.kind === 'landed') {
      added.set(verdict.table, (added.get(verdict.table) ?? 0) + 1);
    }
  }
  return added;
}
