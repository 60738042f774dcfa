import type { TableClient } from '@azure/data-tables';
import type { Author } from '../kernel/author.ts';
import { orStatus } from '../kernel/storage-failure.ts';
import type { EpochMs } from '../kernel/time.ts';
import { authorKey } from './author-key.ts';
import { foldPlan } from './balance.ts';
import {
  balanceKey,
  foldActions,
  headKey,
  plansAfterFilter,
  toBalance,
  toHead,
  toPlans,
  type StoredEntity,
  type StoredPlan,
} from './ledger-rows-codec.ts';
import { listEntities, readEntity } from './table-requests.ts';

interface FoldLimits {
  readonly settled: number;
  readonly before: EpochMs;
}

/** A transaction takes 100 rows; one is the balance. */
const maxRowsPerFold = 99;

/**
 * Folds settled plans made before the instant into the author's balance, oldest first, as many in
 * one transaction as it takes. Whoever loses against another fold leaves the rest to it.
 */
export async function foldPlans(
  table: TableClient,
  author: Author,
  before: EpochMs,
): Promise<number> {
  const head = await readEntity(table, authorKey(author), headKey);
  if (head === undefined) return 0;
  const { settled } = toHead(head);
  let folded = 0;
  for (;;) {
    const count = await foldOldest(table, author, { settled, before });
    if (count === 0) return folded;
    folded += count;
  }
}

async function foldOldest(table: TableClient, author: Author, limits: FoldLimits): Promise<number> {
  const rows = await listEntities(table, plansAfterFilter(author, -1), maxRowsPerFold);
  const folding = foldable(author, rows, limits);
  const stored = await readEntity(table, authorKey(author), balanceKey);
  const start = stored === undefined ? undefined : toBalance(author, stored);
  const balance = folding.reduce((sum, { plan }) => foldPlan(sum, plan), start);
  if (folding.length === 0 || balance === undefined) return 0;
  const rowKeys = folding.flatMap((plan) => plan.rowKeys);
  const actions = foldActions(author, balance, { etag: stored?.etag, rowKeys });
  if (actions === 'too-large') return 0;
  const answer = await orStatus([404, 409, 412], table.submitTransaction(actions), 'fold plans');
  return answer === undefined ? 0 : folding.length;
}

/** The plans to fold: settled, old, and read whole. */
function foldable(
  author: Author,
  rows: readonly StoredEntity[],
  { settled, before }: FoldLimits,
): readonly StoredPlan[] {
  const lastPlan = rows.at(-1)?.rowKey?.slice(0, -3);
  // The last plan of a full page may go on in the next.
  const whole =
    rows.length < maxRowsPerFold
      ? rows
      : rows.filter(({ rowKey }) => rowKey?.slice(0, -3) !== lastPlan);
  const plans = toPlans(author, whole);
  const end = plans.findIndex(({ plan }) => plan.last > settled || plan.plannedAt >= before);
  return end === -1 ? plans : plans.slice(0, end);
}
