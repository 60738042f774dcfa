import type { EpochMs } from '../../kernel/time.ts';
import type { ListedObject } from '../object-store.ts';
import { decodeFilePath } from './codec/table-paths.ts';
import type { TableFiles } from './table-files.ts';

/** Which files may go. */
export interface SweepRange {
  readonly partitionColumn: string;
  /** The last partition date to sweep. */
  readonly through: string;
  /** Whoever wrote a file before this will not commit it any more. */
  readonly abandonedBefore: EpochMs;
}

/**
 * The data files of old partitions that are no part of the table: those that a commit removed,
 * however young, and those that no commit names and no writer can still be about to name. Names are
 * relative to the table's root; files in folders of other forms are left to vacuum.
 */
export function selectSweep(
  objects: readonly ListedObject[],
  { live, removed }: TableFiles,
  { partitionColumn, through, abandonedBefore }: SweepRange,
): readonly string[] {
  const [liveNames, removedNames] = [namesOf(live), namesOf(removed)];
  const folder = `${partitionColumn}=`;
  const isInRange = ({ name, isFolder }: ListedObject): boolean => {
    const [first = '', file = '', ...deeper] = name.split('/');
    if (isFolder || deeper.length > 0 || !/^[^_.].*\.parquet$/.test(file)) return false;
    return first.startsWith(folder) && first.slice(folder.length) <= through;
  };
  return objects
    .filter(isInRange)
    .filter(({ name }) => !liveNames.has(name))
    .filter(({ name, modifiedAt }) => removedNames.has(name) || modifiedAt < abandonedBefore)
    .map(({ name }) => name);
}

/** Both spellings, because the log escapes names. */
function namesOf(files: ReadonlyMap<string, unknown>): ReadonlySet<string> {
  return new Set([...files.keys()].flatMap((path) => [path, decodeFilePath(path)]));
}
