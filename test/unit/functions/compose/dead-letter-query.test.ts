import { describe, expect, it } from 'vitest';
import {
  readLetterQuery,
  readSliceQuery,
} from '../../../../functions/compose/dead-letter-query.ts';

function read(query: string) {
  return readLetterQuery(new URLSearchParams(query));
}

function problemOf(result: ReturnType<typeof read>) {
  return result.ok ? 'none' : `${result.problem.status} ${result.problem.code}`;
}

describe('the query of a request', () => {
  it('asks for the oldest 50 open letters when it says nothing', () => {
    expect(read('')).toEqual({ ok: true, value: { states: ['open'], size: 50 } });
  });

  it('has filters, a range of time, a page size and a continuation', () => {
    const query = read(
      'state=settled&type=a.b&group=a.b+code&origin=t/Subscriptions/s&category=poison' +
        '&from=2026-11-20&before=2026-11-21T08:00:00Z&pageSize=200&continuation=c',
    );
    expect(query).toEqual({
      ok: true,
      value: {
        states: ['replayed', 'discarded', 'purged'],
        ...{ type: 'a.b', group: 'a.b code', origin: 't/Subscriptions/s', category: 'poison' },
        ...{ from: Date.UTC(2026, 10, 20), before: Date.UTC(2026, 10, 21, 8) },
        ...{ size: 200, after: 'c' },
      },
    });
  });

  it.each([
    ['state=opened', '400 state-unknown'],
    ['state=__proto__', '400 state-unknown'],
    ['state=constructor', '400 state-unknown'],
    ['category=bad', '400 category-unknown'],
    ['pageSize=0', '400 page-size-out-of-range'],
    ['pageSize=201', '400 page-size-out-of-range'],
    ['pageSize=1.5', '400 page-size-out-of-range'],
    ['pageSize=many', '400 page-size-out-of-range'],
    ['from=yesterday', '400 instant-unreadable'],
    ['from=1', '400 instant-unreadable'],
    ['before=2026-13-41', '400 instant-unreadable'],
  ])('is refused with a remedy: %s', (query, problem) => {
    expect(problemOf(read(query))).toBe(problem);
    const result = read(query);
    expect(result.ok ? '' : result.problem.remedy).not.toBe('');
  });
});

describe('the filter of a body', () => {
  const page = { size: undefined, after: undefined };

  it('asks for a slice of 200 open letters when it is empty', () => {
    expect(readSliceQuery({}, page)).toEqual({ ok: true, value: { states: ['open'], size: 200 } });
  });

  it('takes the filters of lists, a limit and a continuation', () => {
    const filter = { group: 'g', from: '2026-11-20' };
    expect(readSliceQuery(filter, { size: 7, after: 'c' })).toEqual({
      ok: true,
      value: {
        ...{ states: ['open'], group: 'g', from: Date.UTC(2026, 10, 20) },
        ...{ size: 7, after: 'c' },
      },
    });
  });

  it.each([
    ['no filter', undefined, 'filter-unknown'],
    ['a list', [], 'filter-unknown'],
    ['a text', 'type=a', 'filter-unknown'],
    ['a misspelt filter, which would let everything through', { grup: 'g' }, 'filter-unknown'],
    ['a state, as only open letters are acted on', { state: 'any' }, 'filter-unknown'],
    ['a filter that is no text', { type: 7 }, 'filter-unknown'],
    ['a category that there is not', { category: 'x' }, 'category-unknown'],
  ])('is refused when it is %s', (_what, filter, code) => {
    expect(problemOf(readSliceQuery(filter, page))).toBe(`400 ${code}`);
  });

  it.each([
    [{ size: 201, after: undefined }, 'page-size-out-of-range'],
    [{ size: '7', after: undefined }, 'page-size-out-of-range'],
    [{ size: undefined, after: 7 }, 'continuation-unreadable'],
  ])('is refused with a page of %o', (asked, code) => {
    expect(problemOf(readSliceQuery({}, asked))).toBe(`400 ${code}`);
  });
});
