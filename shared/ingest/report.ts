import type { Author } from '../kernel/author.ts';
import type { Log } from '../ports/log.ts';
import type { Plan, PlannedItem, VerdictCounts } from '../ports/ledger.ts';
import type { IngestPorts } from './ingest-ports.ts';
import { countItem, noCounts, tableOf } from './plan.ts';
import type { Stretch } from './stretch.ts';

/** What one call did. */
export interface ConsumeReport {
  /** Verdicts of the items that this call decided or adopted, and saw landed. */
  readonly counts: VerdictCounts;
  /** Items whose stored verdict was adopted. */
  readonly adopted: number;
  /** Messages that retention took before anybody could plan them. */
  readonly lost: number;
}

/** Adds up a report while a partition is walked. */
export interface Tally {
  plan(plan: Plan): void;
  adopt(items: readonly PlannedItem[]): void;
  report(): ConsumeReport;
}

export function createTally(): Tally {
  let [counts, adopted, lost] = [noCounts, 0, 0];
  const count = (items: readonly PlannedItem[]): void => {
    counts = countItems(items, counts);
  };
  return {
    plan: (plan) => {
      count(plan.items);
      lost += lostOf(plan);
    },
    adopt: (items) => {
      count(items);
      adopted += items.length;
    },
    report: () => ({ counts, adopted, lost }),
  };
}

/** Logs what a stored plan has that somebody should know of. */
export function reportPlan(log: Log, author: Author, plan: Plan): void {
  if (plan.lost.length > 0) {
    log.error('Retention took messages before they could be read: they are lost', {
      author,
      messages: lostOf(plan),
      first: plan.lost[0]?.first,
      last: plan.lost.at(-1)?.last,
    });
  }
  const { duplicate, deadLettered } = countItems(plan.items);
  const range = { author, first: plan.first, last: plan.last };
  if (duplicate > 0) log.debug('Skipped duplicates', { ...range, duplicate });
  if (deadLettered > 0) log.info('Dead-lettered events', { ...range, deadLettered });
}

/** Logs planned rows that can never land, because retention took their messages first. */
export async function reportLoss(
  { tables, log }: IngestPorts,
  at: {
    readonly author: Author;
    readonly stretch: Stretch;
    readonly items: readonly PlannedItem[];
  },
): Promise<void> {
  const { author, stretch, items } = at;
  const gone = items.filter(({ sequenceNumber }) =>
    stretch.lost.some(({ first, last }) => sequenceNumber >= first && sequenceNumber <= last),
  );
  const byTable = Map.groupBy(gone, ({ verdict }) => tableOf(verdict));
  for (const [table, planned] of byTable) {
    if (table === undefined) continue;
    const landed = (await tables.watermark(table, author)) ?? -1;
    const missing = planned.filter(({ sequenceNumber }) => sequenceNumber > landed);
    if (missing.length === 0) continue;
    log.error('Retention took planned messages before they landed: their rows are lost', {
      author,
      table,
      rows: missing.length,
      first: missing[0]?.sequenceNumber,
      last: missing.at(-1)?.sequenceNumber,
    });
  }
}

function countItems(items: readonly PlannedItem[], from: VerdictCounts = noCounts): VerdictCounts {
  return items.reduce((counts, { verdict }) => countItem(counts, verdict), from);
}

function lostOf({ lost }: Plan): number {
  return lost.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}
