import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import { epochMs, type EpochMs } from '../../shared/kernel/time.ts';
import type { LetterQuery, LetterState } from '../../shared/ports/dead-letter-desk.ts';
import { toMap, toText } from '../host-values.ts';
import type { Problem } from '../http-problem.ts';
import { unknownValue, wrongPageSize } from './query-problems.ts';

/** The filters of a request, unchecked, by their names. */
type GivesText = Pick<URLSearchParams, 'get'>;

/** The texts of a query string, unchecked. */
export type QueryTexts = Pick<URLSearchParams, 'get' | 'entries'>;

const states: Readonly<Record<string, readonly LetterState[]>> = {
  open: ['open'],
  replayed: ['replayed'],
  discarded: ['discarded'],
  purged: ['purged'],
  settled: ['replayed', 'discarded', 'purged'],
  any: ['open', 'replayed', 'discarded', 'purged'],
};
const categories = ['schema', 'processing', 'timeout', 'poison'];
const maxPageSize = 200;
const defaultPageSize = 50;

/** Filters of a request that acts on many letters, which are the open ones. */
const filterNames = ['type', 'group', 'origin', 'category', 'key', 'from', 'before'] as const;

/**
 * The open letters that the filter of a body asks for. A member that is no filter is refused: what
 * is misspelt must not let everything through.
 */
export function readSliceQuery(
  filter: unknown,
  page: { readonly size: unknown; readonly after: unknown },
): Result<LetterQuery, Problem> {
  const wrong = findWrongFilter(filter);
  if (wrong !== undefined) return fail(wrong);
  const { size = maxPageSize } = page;
  const after = page.after ?? '';
  if (typeof after !== 'string') return fail(wrongContinuation);
  const texts = new Map([...toMap(filter), ['pageSize', spell(size)], ['continuation', after]]);
  return readLetterQuery({ get: (name) => toText(texts.get(name)) ?? null });
}

function findWrongFilter(filter: unknown): Problem | undefined {
  const isObject = typeof filter === 'object' && filter !== null && !Array.isArray(filter);
  if (!isObject) return unknownFilter(undefined);
  const isKnown = (name: string): boolean => filterNames.some((known) => known === name);
  const wrong = Object.entries(filter).find(
    ([name, value]) => !isKnown(name) || typeof value !== 'string',
  );
  return wrong && unknownFilter(wrong[0]);
}

/** Which letters a request asks for. */
export function readLetterQuery(texts: GivesText): Result<LetterQuery, Problem> {
  const parts = [readStates(texts), readSize(texts), readRange(texts), readFilters(texts)] as const;
  const [wanted, size, range, filters] = parts;
  if (!wanted.ok) return wanted;
  if (!size.ok) return size;
  if (!range.ok) return range;
  if (!filters.ok) return filters;
  const continuation = texts.get('continuation');
  const after = continuation === null ? {} : { after: continuation };
  return succeed({
    ...{ states: wanted.value, size: size.value },
    ...{ ...filters.value, ...range.value, ...after },
  });
}

function readStates(texts: GivesText): Result<readonly LetterState[], Problem> {
  const state = texts.get('state') ?? 'open';
  const wanted = Object.hasOwn(states, state) ? states[state] : undefined;
  return wanted === undefined
    ? fail(unknownValue('state', state, Object.keys(states)))
    : succeed(wanted);
}

function readSize(texts: GivesText): Result<number, Problem> {
  const size = Number(texts.get('pageSize') ?? defaultPageSize);
  const isSize = Number.isInteger(size) && size >= 1 && size <= maxPageSize;
  return isSize ? succeed(size) : fail(wrongPageSize(maxPageSize));
}

type Filters = Pick<LetterQuery, 'type' | 'group' | 'origin' | 'category' | 'key'>;

function readFilters(texts: GivesText): Result<Filters, Problem> {
  const category = texts.get('category');
  return category === null || categories.includes(category)
    ? succeed(pick(texts, ['type', 'group', 'origin', 'category', 'key']))
    : fail(unknownValue('category', category, categories));
}

function readRange(texts: GivesText): Result<Pick<LetterQuery, 'from' | 'before'>, Problem> {
  const range: { from?: EpochMs; before?: EpochMs } = {};
  for (const name of ['from', 'before'] as const) {
    const text = texts.get(name);
    if (text === null) continue;
    const instant = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(instant)) return fail(wrongInstant(name));
    range[name] = epochMs(instant);
  }
  return succeed(range);
}

function pick<const Name extends string>(
  texts: GivesText,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const picked: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const text = texts.get(name);
    if (text !== null) picked[name] = text;
  }
  return picked;
}

function spell(size: unknown): string {
  return typeof size === 'number' ? String(size) : 'no number';
}

function unknownFilter(name: string | undefined): Problem {
  const found = name === undefined ? 'filter is no object' : `filter.${name.slice(0, 40)} is none`;
  return {
    status: 400,
    code: 'filter-unknown',
    title: 'The filter cannot be read',
    detail: `${found}, or its value is no text.`,
    remedy: `Send {"filter": {...}} with texts for any of ${filterNames.join(', ')}; {} asks for all that is open.`,
  };
}

const wrongContinuation: Problem = {
  status: 400,
  code: 'continuation-unreadable',
  title: 'The continuation cannot be read',
  detail: 'continuation is no text.',
  remedy: 'Send what the slice before gave, or leave it out for the first slice.',
};

function wrongInstant(name: string): Problem {
  return {
    status: 400,
    code: 'instant-unreadable',
    title: 'An instant cannot be read',
    detail: `${name} is no instant.`,
    remedy: 'Use ISO 8601 in UTC, for example 2026-11-21T08:00:00Z.',
  };
}
