import { AppError } from '../kernel/app-error.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Plan, PlannedItem, Verdict, VerdictCounts } from '../ports/ledger.ts';
import type { DecidedMessage } from './decide.ts';
import { deadLetterTable } from './dead-letter-rows.ts';
import type { Stretch } from './stretch.ts';

/**
 * The plan of a stretch whose messages are decided. Pure.
 * Errors: `bug` when a sequence number has no verdict or an origin's verdicts do not add up.
 */
export function makePlan(
  stretch: Stretch,
  messages: readonly DecidedMessage[],
  plannedAt: EpochMs,
): Plan {
  const { first, last, lost } = stretch;
  const items = messages.flatMap(plannedItems);
  const countsByOrigin = countByOrigin(items);
  const plan = { first, last, plannedAt, items, lost, countsByOrigin, lastByTable: lastOf(items) };
  assertComplete(plan);
  assertReceived(plan, messages);
  return plan;
}

/** The part of a stretch that ends with its n-th message. */
export function cutStretch(stretch: Stretch, count: number): Stretch {
  const messages = stretch.messages.slice(0, count);
  const last = messages.at(-1)?.sequenceNumber ?? stretch.last;
  return { ...stretch, last, messages, lost: stretch.lost.filter((range) => range.last < last) };
}

/** The table that a verdict puts a row into, if any. */
export function tableOf(verdict: Verdict): string | undefined {
  if (verdict.kind === 'landed') return verdict.table;
  return verdict.kind === 'dead-lettered' ? deadLetterTable : undefined;
}

export const noCounts: VerdictCounts = {
  received: 0,
  landed: 0,
  duplicate: 0,
  deadLettered: 0,
  parked: 0,
};

const countNames = {
  landed: 'landed',
  duplicate: 'duplicate',
  'dead-lettered': 'deadLettered',
  parked: 'parked',
} as const satisfies Record<Verdict['kind'], keyof VerdictCounts>;

/** The counts with one more item. */
export function countItem(counts: VerdictCounts, { kind }: Verdict): VerdictCounts {
  const name = countNames[kind];
  return { ...counts, received: counts.received + 1, [name]: counts[name] + 1 };
}

function plannedItems({ message, origin, items, verdicts }: DecidedMessage): PlannedItem[] {
  const { sequenceNumber } = message;
  return items.flatMap(({ index }, place) => {
    const verdict = verdicts[place];
    return verdict === undefined ? [] : [{ sequenceNumber, index, origin, verdict }];
  });
}

function countByOrigin(items: readonly PlannedItem[]): Map<string, VerdictCounts> {
  const counts = new Map<string, VerdictCounts>();
  for (const { origin, verdict } of items) {
    counts.set(origin, countItem(counts.get(origin) ?? noCounts, verdict));
  }
  return counts;
}

function lastOf(items: readonly PlannedItem[]): Map<string, number> {
  const last = new Map<string, number>();
  for (const { sequenceNumber, verdict } of items) {
    const table = tableOf(verdict);
    if (table !== undefined) last.set(table, sequenceNumber);
  }
  return last;
}

/** Every sequence number of the range is either lost or has items, in order and each once. */
function assertComplete({ first, last, items, lost }: Plan): void {
  items.reduce<ItemPlace>((before, item) => {
    if (!isAfter(item, before)) throw incomplete(item.sequenceNumber);
    return item;
  }, start);
  const numbers = [...new Set(items.map(({ sequenceNumber }) => sequenceNumber))];
  const covered = [...numbers.map((number) => ({ first: number, last: number })), ...lost];
  covered.sort((left, right) => left.first - right.first);
  const end = covered.reduce((expected, range) => {
    if (range.first !== expected) throw incomplete(expected);
    return range.last + 1;
  }, first);
  if (end !== last + 1) throw incomplete(end);
}

type ItemPlace = Pick<PlannedItem, 'sequenceNumber' | 'index'>;

const start: ItemPlace = { sequenceNumber: -1, index: 0 };

function isAfter(item: ItemPlace, before: ItemPlace): boolean {
  return item.sequenceNumber === before.sequenceNumber
    ? item.index > before.index
    : item.sequenceNumber > before.sequenceNumber;
}

/** received = landed + duplicate + dead-lettered + parked, with `received` counted from what was read. */
function assertReceived(plan: Plan, messages: readonly DecidedMessage[]): void {
  const received = new Map<string, number>();
  for (const { origin, items } of messages) {
    received.set(origin, (received.get(origin) ?? 0) + items.length);
  }
  for (const [origin, count] of received) {
    const { landed, duplicate, deadLettered, parked } = plan.countsByOrigin.get(origin) ?? noCounts;
    if (landed + duplicate + deadLettered + parked !== count) throw incomplete(plan.first);
  }
}

function incomplete(sequenceNumber: number): AppError {
  return new AppError('bug', 'A plan does not give every item exactly one verdict.', {
    kind: 'permanent',
    details: { sequenceNumber },
  });
}
