import type { TransactionAction } from '@azure/data-tables';
import { AppError } from '../kernel/app-error.ts';
import type { Author } from '../kernel/author.ts';
import type { Balance, Head, Plan } from '../ports/ledger.ts';
import { authorKey } from './author-key.ts';
import { fromChunks, toChunks } from './chunk-codec.ts';
import { fromPlanBody, toPlanBody } from './plan-codec.ts';
import { fromBalanceBody, toBalanceBody } from './sum-codec.ts';

/** Partition of the rows that name the authors; no author's key has this form. */
export const authorsPartition = 'authors';
export const headKey = 'head';
export const balanceKey = 'balance';

/** An entity as Table Storage returns it; its properties are checked where they are used. */
export interface StoredEntity {
  readonly etag: string;
  readonly rowKey?: string;
  readonly [property: string]: unknown;
}

/** The row that makes an author found. */
export function authorEntity(author: Author) {
  return { partitionKey: authorsPartition, rowKey: authorKey(author), author };
}

export function authorOfEntity({ author }: StoredEntity): Author {
  return author as Author;
}

export function headEntity(author: Author, head: Pick<Head, 'planned' | 'settled'>) {
  const { planned, settled } = head;
  return {
    partitionKey: authorKey(author),
    rowKey: headKey,
    author,
    planned: BigInt(planned),
    settled: BigInt(settled),
  };
}

export function toHead({ planned, settled, etag }: StoredEntity): Head {
  return { planned: Number(planned), settled: Number(settled), etag };
}

/** The rows of a plan, readable totals in the first, or `too-large` for one transaction. */
export function planEntities(author: Author, plan: Plan) {
  const rows = toChunks(toPlanBody(plan));
  if (rows === 'too-large') return rows;
  const key = planKey(plan.last);
  return rows.map((chunks, part) => ({
    partitionKey: authorKey(author),
    rowKey: `${key}-${String(part).padStart(2, '0')}`,
    ...(part === 0 ? planTotals(plan) : {}),
    ...chunks,
  }));
}

/** A filter for the plans that end after a sequence number. */
export function plansAfterFilter(author: Author, sequenceNumber: number): string {
  const after = planKey(Math.max(0, sequenceNumber + 1));
  return `PartitionKey eq '${authorKey(author)}' and RowKey ge '${after}' and RowKey lt '${planPrefix}~'`;
}

/** A plan with the keys of its rows. */
export interface StoredPlan {
  readonly plan: Plan;
  readonly rowKeys: readonly string[];
}

/** The plans whose rows these are, ascending. Errors: `ledger.corrupt`. */
export function toPlans(author: Author, entities: readonly StoredEntity[]): StoredPlan[] {
  const byPlan = Map.groupBy(entities, ({ rowKey = '' }) => rowKey.slice(0, -3));
  const stored = [...byPlan.values()].map((rows) => ({
    plan: decode(author, () => fromPlanBody(fromChunks(rows))),
    rowKeys: rows.map(({ rowKey = '' }) => rowKey),
  }));
  stored.forEach(({ plan: { first } }, place) => {
    const before = stored[place - 1];
    if (before !== undefined && first !== before.plan.last + 1) throw corrupt(author, first);
  });
  return stored;
}

/** The transaction that removes plans and stores the balance they are folded into. */
export function foldActions(
  author: Author,
  balance: Balance,
  before: { readonly etag: string | undefined; readonly rowKeys: readonly string[] },
): TransactionAction[] | 'too-large' {
  const rows = toChunks(toBalanceBody(balance));
  if (rows === 'too-large' || rows[0] === undefined || rows.length > 1) return 'too-large';
  const partitionKey = authorKey(author);
  const entity = { partitionKey, rowKey: balanceKey, ...rows[0] };
  const { etag } = before;
  return [
    etag === undefined ? ['create', entity] : ['update', entity, 'Replace', { etag }],
    ...before.rowKeys.map((rowKey): TransactionAction => ['delete', { partitionKey, rowKey }]),
  ];
}

export function toBalance(author: Author, entity: StoredEntity): Balance {
  return decode(author, () => fromBalanceBody(fromChunks([entity])));
}

const planPrefix = 'plan-';

/** Plans sort by their last sequence number. */
function planKey(last: number): string {
  return planPrefix + String(last).padStart(16, '0');
}

/** For whoever looks at the table; what is read back is in the chunks. */
function planTotals({ first, last, plannedAt, countsByOrigin, lost }: Plan) {
  const sum = { received: 0, landed: 0, duplicate: 0, deadLettered: 0, parked: 0 };
  for (const counts of countsByOrigin.values()) {
    sum.received += counts.received;
    sum.landed += counts.landed;
    sum.duplicate += counts.duplicate;
    sum.deadLettered += counts.deadLettered;
    sum.parked += counts.parked;
  }
  const range = { first: BigInt(first), last: BigInt(last), lostRanges: lost.length };
  return { ...range, plannedAt: new Date(plannedAt), ...sum };
}

function decode<Decoded>(author: Author, read: () => Decoded): Decoded {
  try {
    return read();
  } catch (cause) {
    throw corrupt(author, undefined, cause);
  }
}

function corrupt(author: Author, sequenceNumber: number | undefined, cause?: unknown): AppError {
  return new AppError('ledger.corrupt', `The ledger of ${author} cannot be read.`, {
    kind: 'permanent',
    cause,
    details: { author, sequenceNumber },
  });
}
