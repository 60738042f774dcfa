import type { Author } from '../../shared/kernel/author.ts';
import type { Head, Ledger } from '../../shared/ports/ledger.ts';
import {
  addPlan,
  openAuthorLedger,
  type AuthorLedger,
  type PartitionState,
} from './author-ledger.ts';

/** Reads the ledger of every partition; what it has read once it does not read again. */
export interface LedgerReader {
  /** How far each partition is settled. */
  readSettled(): Promise<ReadonlyMap<Author, number>>;
  /** Every partition with its plans; `settled` as it was read before. */
  read(settled: ReadonlyMap<Author, number>): Promise<readonly PartitionState[]>;
}

export function createLedgerReader(ledger: Ledger): LedgerReader {
  const known = new Map<Author, AuthorLedger>();
  return {
    async readSettled() {
      const heads = await readHeads(ledger);
      return new Map(heads.map(([author, head]) => [author, head.settled]));
    },
    async read(settled) {
      const states: PartitionState[] = [];
      for (const [author, { planned }] of await readHeads(ledger)) {
        const walked = await walkPlans(ledger, author, { before: known.get(author), planned });
        known.set(author, walked);
        states.push({ ledger: walked, planned, settled: settled.get(author) ?? -1 });
      }
      return states;
    },
  };
}

async function readHeads(ledger: Ledger): Promise<readonly (readonly [Author, Head])[]> {
  const heads: (readonly [Author, Head])[] = [];
  for await (const author of ledger.authors()) {
    const head = await ledger.head(author);
    if (head !== undefined) heads.push([author, head]);
  }
  return heads.toSorted(([left], [right]) => (left < right ? -1 : 1));
}

/** Walks on to `planned`. Plans that are stored meanwhile wait for the next reading. */
async function walkPlans(
  ledger: Ledger,
  author: Author,
  { before, planned }: { readonly before: AuthorLedger | undefined; readonly planned: number },
): Promise<AuthorLedger> {
  const start = before ?? openAuthorLedger(author, await ledger.balance(author));
  const from = start.plannedThrough ?? -1;
  if (from >= planned) return start;
  const plans = await ledger.plansAfter(author, from);
  if (before === undefined && (await foldedThrough(ledger, author)) > from) {
    // Plans were folded away between the two readings: the balance that we have is too old.
    return walkPlans(ledger, author, { before, planned });
  }
  return plans.filter(({ last }) => last <= planned).reduce(addPlan, start);
}

async function foldedThrough(ledger: Ledger, author: Author): Promise<number> {
  const balance = await ledger.balance(author);
  return balance?.last ?? -1;
}
