import type { TableClient } from '@azure/data-tables';
import { indexRows } from '../../../shared/deadletter/index-row-codec.ts';
import { instantKey, letterStates } from '../../../shared/deadletter/keys.ts';
import { summarise } from '../../../shared/deadletter/letter-row-codec.ts';
import { listLetters } from '../../../shared/deadletter/list-letters.ts';
import { putRows } from '../../../shared/deadletter/table-requests.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import type { LetterQuery } from '../../../shared/ports/dead-letter-desk.ts';
import { sampleInstant, sampleLetter } from './sample-letters.ts';

const manyStart = sampleInstant;
/** Letters die so far apart. */
const stepMs = 1_000;

const types = Array.from({ length: 20 }, (_, at) => `com.acme.erp.thing-${at}.created`);
const origins = ['events', 'orders', 'payment-commands', 'upstream-events/Subscriptions/s'];
const categories = ['schema', 'processing', 'timeout', 'poison'] as const;

function pick<Each>(list: readonly [Each, ...Each[]] | readonly Each[], at: number): Each {
  const each = list[at % list.length];
  if (each === undefined) throw new Error('the list is empty');
  return each;
}

/** The letter of a number: a quarter of them is settled, in one way or another. */
function letterOf(at: number) {
  const isOpen = Math.floor(at / 20) % 4 !== 3;
  const state = isOpen ? 'open' : pick(letterStates, 1 + (Math.floor(at / 80) % 3));
  const record = sampleLetter(`many-${at}`, {
    type: pick(types, at),
    // Not in step with the types, so that filters have to be combined.
    code: `code-${Math.floor(at / 20) % 5}`,
    origin: pick(origins, Math.floor(at / 3)),
    category: pick(categories, Math.floor(at / 7)),
    deadLetteredAt: epochMs(manyStart + at * stepMs),
  });
  return { summary: summarise(record), state };
}

/** Writes the rows that so many letters have in lists, in bulk. */
export async function fillLists(table: TableClient, count: number): Promise<void> {
  const atOnce = 10_000;
  for (let first = 0; first < count; first += atOnce) {
    const size = Math.min(atOnce, count - first);
    const rows = Array.from({ length: size }, (_, at) => {
      const { summary, state } = letterOf(first + at);
      return indexRows(summary, state);
    });
    await putRows(table, rows.flat());
  }
}

/** What is asked of so many letters, and how many requests a page of it may take. */
export interface ManyQuery {
  readonly what: string;
  readonly query: LetterQuery;
  readonly budget: number;
}

/** A list takes one request for each state; one that has to be filtered takes up to four. */
const rounds = 4;

export function manyQueries(count: number): readonly ManyQuery[] {
  const from = epochMs(manyStart + Math.floor(count / 2) * stepMs);
  const open = { states: ['open'], size: 50 } as const;
  const type = pick(types, 4);
  const lists: Readonly<Record<string, LetterQuery>> = {
    'all that are open': open,
    'the settled ones': { states: ['replayed', 'discarded', 'purged'], size: 50 },
    'every state': { states: letterStates, size: 200 },
    'one type': { ...open, type },
    'one failure group': { ...open, group: `${type} code-0` },
    'one origin': { ...open, origin: 'orders' },
    'one category': { ...open, category: 'poison' },
    'a stretch of time': { ...open, from, before: epochMs(from + 3_600_000) },
    'what there is not': { ...open, type: 'com.acme.none' },
  };
  const filtered: Readonly<Record<string, LetterQuery>> = {
    'a type at an origin since an instant': { ...open, type, origin: 'orders', from },
    'all filters at once': { ...open, type, origin: 'events', category: 'schema', from },
    'a type of a category that there is not': { ...open, type, category: 'none' },
    'an origin of a category that there is not': {
      ...{ states: letterStates, size: 50, origin: 'events', category: 'none' },
    },
  };
  const toQuery =
    (requests: number) =>
    ([what, query]: readonly [string, LetterQuery]): ManyQuery => {
      return { what, query, budget: requests * query.states.length };
    };
  return [
    ...Object.entries(lists).map(toQuery(1)),
    ...Object.entries(filtered).map(toQuery(rounds)),
  ];
}

/** The most requests that a page takes, from the first one on and deep in the list. */
export interface PageRequests {
  readonly first: number;
  readonly deep: number;
  /** How many letters the pages had. */
  readonly letters: number;
}

/** Reads the first pages of a list of so many, and those from where nearly all have been passed. */
export async function countPageRequests(
  table: TableClient,
  { query, count }: { readonly query: LetterQuery; readonly count: number },
  takeRequests: () => number,
): Promise<PageRequests> {
  const place = instantKey(epochMs(manyStart + Math.floor(0.95 * count) * stepMs));
  takeRequests();
  let letters = 0;
  const readPages = async (start: string | undefined): Promise<number> => {
    let most = 0;
    let after = start;
    for (let page = 0; page < pagesRead; page += 1) {
      const { next, ...read } = await listLetters(table, { ...query, ...(after && { after }) });
      most = Math.max(most, takeRequests());
      letters += read.letters.length;
      after = next;
      if (after === undefined) break;
    }
    return most;
  };
  return { first: await readPages(undefined), deep: await readPages(`${place}|`), letters };
}

const pagesRead = 3;
