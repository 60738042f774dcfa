import type { TableClient, TransactionAction } from '@azure/data-tables';
import { AppError } from '../kernel/app-error.ts';
import type { Author } from '../kernel/author.ts';
import { orStatus } from '../kernel/storage-failure.ts';
import type { Head, Ledger, Plan } from '../ports/ledger.ts';
import { authorKey } from './author-key.ts';
import { foldPlans } from './fold-plans.ts';
import {
  authorEntity,
  authorOfEntity,
  authorsPartition,
  balanceKey,
  headEntity,
  headKey,
  planEntities,
  plansAfterFilter,
  toBalance,
  toHead,
  toPlans,
} from './ledger-rows-codec.ts';
import { listEntities, readEntity } from './table-requests.ts';

/**
 * The ledger in Table Storage, in an existing table: one partition per author with its head, its
 * plans and its balance. A transaction that is repeated after a lost answer loses the race against
 * itself; its caller then reads its own plan back and adopts it.
 */
export function createTableLedger(table: TableClient): Ledger {
  return {
    head: (author) => readHead(table, author),
    open: (author, at) => openHead(table, author, at),
    plansAfter: async (author, sequenceNumber) => {
      const filter = plansAfterFilter(author, sequenceNumber);
      const stored = toPlans(author, await listEntities(table, filter));
      return stored.map(({ plan }) => plan);
    },
    append: (author, head, step) => appendPlan(table, author, { head, ...step }),
    settle: (author, head, settled) => settleHead(table, author, { head, settled }),
    balance: async (author) => {
      const entity = await readEntity(table, authorKey(author), balanceKey);
      return entity && toBalance(author, entity);
    },
    fold: (author, before) => foldPlans(table, author, before),
    authors: () => listAuthors(table),
  };
}

async function readHead(table: TableClient, author: Author): Promise<Head | undefined> {
  const entity = await readEntity(table, authorKey(author), headKey);
  return entity && toHead(entity);
}

async function openHead(table: TableClient, author: Author, at: number): Promise<Head> {
  // First, so that no head is ever without the row that makes it found.
  await orStatus([], table.upsertEntity(authorEntity(author), 'Replace'), 'name an author');
  const entity = headEntity(author, { planned: at, settled: at });
  const created = await orStatus([409], table.createEntity(entity), 'open a ledger');
  if (created?.etag !== undefined) return { planned: at, settled: at, etag: created.etag };
  const existing = await readHead(table, author);
  if (existing !== undefined) return existing;
  throw unexpected('A ledger is neither there nor can it be opened.');
}

async function appendPlan(
  table: TableClient,
  author: Author,
  step: { readonly head: Head; readonly plan: Plan; readonly settled: number },
): Promise<Head | 'lost-race' | 'too-large'> {
  const { head, plan } = step;
  if (plan.first !== head.planned + 1) throw discontinuous(author, step);
  const rows = planEntities(author, plan);
  if (rows === 'too-large') return rows;
  const next = { planned: plan.last, settled: Math.max(head.settled, step.settled) };
  const { etag } = head;
  const answer = await orStatus(
    [409, 412],
    table.submitTransaction([
      ['update', headEntity(author, next), 'Replace', { etag }],
      ...rows.map((row): TransactionAction => ['create', row]),
    ]),
    'store a plan',
  );
  if (answer === undefined) return 'lost-race';
  return { ...next, etag: requireEtag(answer.subResponses[0]?.etag) };
}

async function settleHead(
  table: TableClient,
  author: Author,
  { head, settled }: { readonly head: Head; readonly settled: number },
): Promise<Head | 'lost-race'> {
  const { planned, etag } = head;
  const next = { planned, settled: Math.max(head.settled, settled) };
  const update = table.updateEntity(headEntity(author, next), 'Replace', { etag });
  const answer = await orStatus([412], update, 'settle');
  return answer === undefined ? 'lost-race' : { ...next, etag: requireEtag(answer.etag) };
}

async function* listAuthors(table: TableClient): AsyncGenerator<Author> {
  const filter = `PartitionKey eq '${authorsPartition}'`;
  for (const entity of await listEntities(table, filter)) yield authorOfEntity(entity);
}

function requireEtag(etag: string | undefined): string {
  if (etag !== undefined) return etag.trim();
  throw unexpected('Table Storage answered without an ETag.');
}

function unexpected(message: string): AppError {
  return new AppError('storage.unexpected_answer', message, { kind: 'transient' });
}

function discontinuous(
  author: Author,
  { head, plan }: { readonly head: Head; readonly plan: Plan },
): AppError {
  return new AppError('bug', 'A plan does not follow the plans before it.', {
    kind: 'permanent',
    details: { author, planned: head.planned, first: plan.first },
  });
}
