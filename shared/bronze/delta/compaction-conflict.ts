import type { AddFile, Commit } from './actions.ts';
import type { TableFiles } from './table-files.ts';

/** Files merged into one, or one file written anew, that no commit names yet. */
export interface Merge {
  readonly inputs: readonly AddFile[];
  readonly output: AddFile;
}

/**
 * The merges that still hold after other writers' commits: none when they changed what the table
 * is, and not those that lost an input. Appends disturb no merge.
 */
export function survivingMerges(
  merges: readonly Merge[],
  winners: readonly Commit[],
): readonly Merge[] {
  if (winners.some(({ protocol, metaData }) => protocol !== undefined || metaData !== undefined)) {
    return [];
  }
  const gone = new Set(winners.flatMap(({ removes }) => removes.map(({ path }) => path)));
  return merges.filter(({ inputs }) => inputs.every(({ path }) => !gone.has(path)));
}

/** The merges whose inputs are all still part of the table. */
export function liveMerges(merges: readonly Merge[], { live }: TableFiles): readonly Merge[] {
  return merges.filter(({ inputs }) => inputs.every(({ path }) => live.has(path)));
}
