import type { Balance, SequenceRange, VerdictCounts } from '../ports/ledger.ts';

/** `[first, last]`. */
export type Range = readonly [number, number];

/** Received, landed, duplicate, dead-lettered, parked. */
export type Counts = readonly [number, number, number, number, number];

interface BalanceBody {
  readonly version: number;
  readonly range: Range;
  readonly lost: readonly Range[];
  readonly countsByOrigin: readonly (readonly [string, Counts])[];
  readonly landedByTable: readonly (readonly [string, number])[];
}

/** The JSON of a balance. */
export function toBalanceBody(balance: Balance): BalanceBody {
  return {
    version: 1,
    range: [balance.first, balance.last],
    lost: toRanges(balance.lost),
    countsByOrigin: [...balance.countsByOrigin].map(([name, counts]) => [name, toCounts(counts)]),
    landedByTable: [...balance.landedByTable],
  };
}

/** The balance of a JSON that `toBalanceBody` made. Throws on anything else. */
export function fromBalanceBody(value: unknown): Balance {
  const body = value as BalanceBody;
  if (body.version !== 1) throw new Error(`Unknown version of a balance: ${body.version}`);
  const [first, last] = body.range;
  const counts = body.countsByOrigin.map(([name, parts]): [string, VerdictCounts] => {
    return [name, fromCounts(parts)];
  });
  return {
    first,
    last,
    lost: fromRanges(body.lost),
    countsByOrigin: new Map(counts),
    landedByTable: new Map(body.landedByTable),
  };
}

export function toRanges(ranges: readonly SequenceRange[]): Range[] {
  return ranges.map(({ first, last }) => [first, last]);
}

export function fromRanges(ranges: readonly Range[]): SequenceRange[] {
  return ranges.map(([first, last]) => ({ first, last }));
}

export function toCounts(counts: VerdictCounts): Counts {
  const { received, landed, duplicate, deadLettered, parked } = counts;
  return [received, landed, duplicate, deadLettered, parked];
}

export function fromCounts(counts: Counts): VerdictCounts {
  const [received, landed, duplicate, deadLettered, parked] = counts;
  return { received, landed, duplicate, deadLettered, parked };
}
