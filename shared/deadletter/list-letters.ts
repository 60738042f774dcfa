import type { TableClient } from '@azure/data-tables';
import type {
  LetterPage,
  LetterQuery,
  LetterState,
  ListedLetter,
} from '../ports/dead-letter-desk.ts';
import { toListedLetter, valueOf } from './index-row-codec.ts';
import { indexKey, indexPartition, instantKey, isPlace, placeKey, type Dimension } from './keys.ts';
import { cutGroup, cutText } from './letter-row-codec.ts';
import { queryRows } from './table-requests.ts';

/** How often each list is asked for one page: with filters that let little through it stays short. */
const maxRounds = 4;
/** How many rows are asked for at once when most of them may be of no interest. */
const filteredRows = 1_000;

/** One page of letters, oldest first: a few requests for each state, whatever the table holds. */
export async function listLetters(table: TableClient, query: LetterQuery): Promise<LetterPage> {
  if (query.after !== undefined && !isPlace(query.after)) return { letters: [], next: undefined };
  const [list, ...filters] = readFilters(query);
  const isWanted = (letter: ListedLetter): boolean =>
    filters.every(({ dimension, value }) => valueOf(letter, dimension) === value);
  const range = { partition: indexPartition(list.dimension, list.value), query };
  const limit = filters.length === 0 ? query.size + 1 : Math.max(filteredRows, query.size + 1);
  const wanted: ListedLetter[] = [];
  let after = query.after;
  for (let round = 0; round < maxRounds; round += 1) {
    const stretch = await readStretch(table, { ...range, after, limit });
    wanted.push(...stretch.letters.filter(isWanted));
    if (wanted.length > query.size) return cutPage(wanted, query.size);
    after = stretch.next;
    if (after === undefined) return { letters: wanted, next: undefined };
  }
  return { letters: wanted, next: after };
}

interface Filter {
  readonly dimension: Dimension;
  readonly value: string;
}

/** The list that has the fewest others in it leads; the rest is filtered. */
function readFilters(query: LetterQuery): readonly [Filter, ...Filter[]] {
  const { key, group, type, origin, category } = query;
  const candidates: readonly (readonly [Dimension, string | undefined])[] = [
    ['key', key],
    ['group', group === undefined ? undefined : cutGroup(group)],
    ['type', type === undefined ? undefined : cutText(type)],
    ['origin', origin === undefined ? undefined : cutText(origin)],
    ['category', category],
  ];
  const given = candidates.flatMap(([dimension, value]) =>
    value === undefined ? [] : [{ dimension, value }],
  );
  const [first, ...others] = given;
  return first === undefined ? [{ dimension: 'all', value: '' }] : [first, ...others];
}

function cutPage(letters: readonly ListedLetter[], size: number): LetterPage {
  const shown = letters.slice(0, size);
  const last = shown.at(-1);
  return { letters: shown, next: last && placeOf(last) };
}

interface Stretch {
  readonly partition: string;
  readonly query: LetterQuery;
  readonly after: string | undefined;
  readonly limit: number;
}

/** The next letters of all states in one order, up to where every state has been read. */
async function readStretch(
  table: TableClient,
  stretch: Stretch,
): Promise<{ readonly letters: readonly ListedLetter[]; readonly next: string | undefined }> {
  const { query, limit } = stretch;
  const lists = await Promise.all(
    [...new Set(query.states)].map((state) => readState(table, state, stretch)),
  );
  const ends = lists.flatMap((letters) => {
    const last = letters.length < limit ? undefined : letters.at(-1);
    return last === undefined ? [] : [placeOf(last)];
  });
  const next = ends.toSorted().at(0);
  const letters = lists
    .flat()
    .filter((letter) => next === undefined || placeOf(letter) <= next)
    .toSorted((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1));
  return { letters, next };
}

async function readState(
  table: TableClient,
  state: LetterState,
  { partition, query, after, limit }: Stretch,
): Promise<readonly ListedLetter[]> {
  const { from, before } = query;
  const start = indexKey(state, after ?? '');
  const first = from === undefined ? start : indexKey(state, instantKey(from));
  // `}` is behind every digit and behind the `|` that follows an instant.
  const end = before === undefined ? `${state}}` : indexKey(state, instantKey(before));
  const filter =
    `PartitionKey eq '${partition}' and RowKey gt '${start}' ` +
    `and RowKey ge '${first}' and RowKey lt '${end}'`;
  return (await queryRows(table, { filter, limit })).map(toListedLetter);
}

function placeOf({ deadLetteredAt, id }: ListedLetter): string {
  return placeKey(deadLetteredAt, id);
}
