import { AppError } from '../../../shared/kernel/app-error.ts';
import type { Author } from '../../../shared/kernel/author.ts';
import type { Balance, Head, Ledger, Plan } from '../../../shared/ports/ledger.ts';
import { foldPlan } from '../../../shared/ledger/balance.ts';

interface Account {
  head: Head;
  plans: Plan[];
  balance: Balance | undefined;
}

/** A ledger in memory, with the same promises as the one in Table Storage. */
export interface MemoryLedger extends Ledger {
  /** Called with every change of a head, for invariants that must hold at each instant. */
  onChange: ((author: Author, head: Head) => void) | undefined;
  plans(author: Author): readonly Plan[];
}

/** `maxPlanLength`: characters of JSON that one transaction takes. */
export function createMemoryLedger(maxPlanLength = 2_400_000): MemoryLedger {
  const accounts = new Map<Author, Account>();
  let writes = 0;
  const move = (author: Author, account: Account, to: { planned: number; settled: number }) => {
    writes += 1;
    account.head = { ...to, etag: `etag-${writes}` };
    ledger.onChange?.(author, account.head);
    return account.head;
  };
  const guarded = (author: Author, head: Head): Account | undefined => {
    const account = accounts.get(author);
    return account?.head.etag === head.etag ? account : undefined;
  };
  const ledger: MemoryLedger = {
    onChange: undefined,
    plans: (author) => accounts.get(author)?.plans ?? [],
    head: (author) => Promise.resolve(accounts.get(author)?.head),
    open: (author, at) => {
      writes += 1;
      const head = { planned: at, settled: at, etag: `etag-${writes}` };
      const account = accounts.get(author) ?? { head, plans: [], balance: undefined };
      accounts.set(author, account);
      return Promise.resolve(account.head);
    },
    plansAfter: (author, sequenceNumber) => {
      const plans = accounts.get(author)?.plans ?? [];
      return Promise.resolve(plans.filter(({ last }) => last > sequenceNumber));
    },
    append: (author, head, { plan, settled }) => {
      if (plan.first !== head.planned + 1) return Promise.reject(discontinuous());
      if (JSON.stringify(plan.items).length > maxPlanLength) return Promise.resolve('too-large');
      const account = guarded(author, head);
      if (account === undefined) return Promise.resolve('lost-race');
      account.plans.push(plan);
      const next = { planned: plan.last, settled: Math.max(head.settled, settled) };
      return Promise.resolve(move(author, account, next));
    },
    settle: (author, head, settled) => {
      const account = guarded(author, head);
      if (account === undefined) return Promise.resolve('lost-race');
      const next = { planned: head.planned, settled: Math.max(head.settled, settled) };
      return Promise.resolve(move(author, account, next));
    },
    balance: (author) => Promise.resolve(accounts.get(author)?.balance),
    fold: (author, before) => {
      const account = accounts.get(author);
      if (account === undefined) return Promise.resolve(0);
      const { plans, head } = account;
      const end = plans.findIndex(
        ({ last, plannedAt }) => last > head.settled || plannedAt >= before,
      );
      const folded = plans.splice(0, end === -1 ? plans.length : end);
      account.balance = folded.reduce<Balance | undefined>(foldPlan, account.balance);
      return Promise.resolve(folded.length);
    },
    authors: async function* () {
      yield* await Promise.resolve([...accounts.keys()]);
    },
  };
  return ledger;
}

function discontinuous(): AppError {
  return new AppError('bug', 'A plan does not follow the plans before it.', { kind: 'permanent' });
}
