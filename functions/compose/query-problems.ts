import type { Problem } from '../http-problem.ts';

/** A parameter that takes one of a few values has another one. */
export function unknownValue(name: string, value: string, known: readonly string[]): Problem {
  return {
    status: 400,
    code: `${name}-unknown`,
    title: `There is no such ${name}`,
    detail: `${name} is ${JSON.stringify(value.slice(0, 40))}.`,
    remedy: `Use one of ${known.join(', ')}.`,
  };
}

/** A page size is no whole number from 1 to `max`. */
export function wrongPageSize(max: number): Problem {
  return {
    status: 400,
    code: 'page-size-out-of-range',
    title: 'The page size is out of range',
    detail: 'pageSize is not a whole number of the range.',
    remedy: `Use a whole number from 1 to ${max}.`,
  };
}
