import type { LetterState, Tally } from '../ports/dead-letter-desk.ts';
import { letterStates } from './keys.ts';
import { addTallies } from './tally.ts';

/** The dead letters of one cause. */
export interface FailureGroup extends Pick<
  Tally,
  'failureGroup' | 'type' | 'code' | 'counts' | 'firstAt' | 'lastAt'
> {
  readonly origins: readonly string[];
  readonly categories: readonly string[];
}

/** How many dead letters there are in all. */
export interface Totals extends Readonly<Record<LetterState, number>> {
  readonly openByCategory: Readonly<Record<Tally['category'], number>>;
}

export function totalTallies(tallies: readonly Tally[]): Totals {
  const totals = { open: 0, replayed: 0, discarded: 0, purged: 0 };
  const openByCategory = { schema: 0, processing: 0, timeout: 0, poison: 0 };
  for (const { counts, category } of tallies) {
    for (const state of letterStates) totals[state] += counts[state];
    openByCategory[category] += counts.open;
  }
  return { ...totals, openByCategory };
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
