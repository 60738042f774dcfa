import type { Tally } from '../ports/dead-letter-desk.ts';
import { addTallies } from './tally.ts';

/** The dead letters of one cause. */
export interface FailureGroup extends Pick<
  Tally,
  'failureGroup' | 'type' | 'code' | 'counts' | 'firstAt' | 'lastAt'
> {
  readonly origins: readonly string[];
  readonly categories: readonly string[];
}

/** The tallies by failure group, the one with the most open letters first. */
export function groupTallies(tallies: readonly Tally[]): readonly FailureGroup[] {
  const groups = [...Map.groupBy(tallies, ({ failureGroup }) => failureGroup).values()];
  return groups
    .map((same) => {
      const { failureGroup, type, code, counts, firstAt, lastAt } = same.reduce(addTallies);
      return {
        ...{ failureGroup, type, code, counts, firstAt, lastAt },
        origins: [...new Set(same.map(({ origin }) => origin))].toSorted(),
        categories: [...new Set(same.map(({ category }) => category))].toSorted(),
      };
    })
    .toSorted((left, right) => right.counts.open - left.counts.open || right.lastAt - left.lastAt);
}
