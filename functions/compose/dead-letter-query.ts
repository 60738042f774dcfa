import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import { epochMs, type EpochMs } from '../../shared/kernel/time.ts';
import type { LetterQuery, LetterState } from '../../shared/ports/dead-letter-desk.ts';
import type { Problem } from '../http-problem.ts';

/** The texts of a query string, unchecked. */
export type QueryTexts = Pick<URLSearchParams, 'get'>;

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

/** Which letters a request asks for. */
export function readLetterQuery(texts: QueryTexts): Result<LetterQuery, Problem> {
  const [wanted, size, filter] = [readStates(texts), readSize(texts), readFilter(texts)] as const;
  if (!wanted.ok) return wanted;
  if (!size.ok) return size;
  if (!filter.ok) return filter;
  const continuation = texts.get('continuation');
  const after = continuation === null ? {} : { after: continuation };
  return succeed({
    ...{ states: wanted.value, size: size.value },
    ...{ ...filter.value, ...after },
  });
}

/** Filters by what letters are and by when they died. */
export function readFilter(
  texts: QueryTexts,
): Result<Filters & Pick<LetterQuery, 'from' | 'before'>, Problem> {
  const [range, filters] = [readRange(texts), readFilters(texts)] as const;
  if (!range.ok) return range;
  return filters.ok ? succeed({ ...filters.value, ...range.value }) : filters;
}

function readStates(texts: QueryTexts): Result<readonly LetterState[], Problem> {
  const state = texts.get('state') ?? 'open';
  const wanted = Object.hasOwn(states, state) ? states[state] : undefined;
  return wanted === undefined
    ? fail(unknownValue('state', state, Object.keys(states)))
    : succeed(wanted);
}

function readSize(texts: QueryTexts): Result<number, Problem> {
  const size = Number(texts.get('pageSize') ?? defaultPageSize);
  const isSize = Number.isInteger(size) && size >= 1 && size <= maxPageSize;
  return isSize ? succeed(size) : fail(wrongPageSize);
}

type Filters = Pick<LetterQuery, 'type' | 'group' | 'origin' | 'category' | 'key'>;

function readFilters(texts: QueryTexts): Result<Filters, Problem> {
  const category = texts.get('category');
  return category === null || categories.includes(category)
    ? succeed(pick(texts, ['type', 'group', 'origin', 'category', 'key']))
    : fail(unknownValue('category', category, categories));
}

function readRange(texts: QueryTexts): Result<Pick<LetterQuery, 'from' | 'before'>, Problem> {
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
  texts: QueryTexts,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const picked: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const text = texts.get(name);
    if (text !== null) picked[name] = text;
  }
  return picked;
}

function unknownValue(name: string, value: string, known: readonly string[]): Problem {
  return {
    status: 400,
    code: `${name}-unknown`,
    title: `There is no such ${name}`,
    detail: `${name} is ${JSON.stringify(value.slice(0, 40))}.`,
    remedy: `Use one of ${known.join(', ')}.`,
  };
}

function wrongInstant(name: string): Problem {
  return {
    status: 400,
    code: 'instant-unreadable',
    title: 'An instant cannot be read',
    detail: `${name} is no instant.`,
    remedy: 'Use ISO 8601 in UTC, for example 2026-11-21T08:00:00Z.',
  };
}

const wrongPageSize: Problem = {
  status: 400,
  code: 'page-size-out-of-range',
  title: 'The page size is out of range',
  detail: 'pageSize is not a whole number of the range.',
  remedy: `Use a whole number from 1 to ${maxPageSize}.`,
};
