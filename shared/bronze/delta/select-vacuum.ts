import type { EpochMs } from '../../kernel/time.ts';
import type { ListedObject } from '../object-store.ts';
import { decodeFilePath } from './codec/table-paths.ts';
import type { TableFiles } from './table-files.ts';

/**
 * The objects of a table that nothing needs: neither live, nor removed after `cutoff`, nor written
 * after it (a commit may still be on its way to name those). Names are relative to the table's
 * root. Hidden names, folders and whatever is no Parquet file are left alone.
 */
export function selectVacuum(
  objects: readonly ListedObject[],
  files: TableFiles,
  cutoff: EpochMs,
): readonly string[] {
  const needed = new Set<string>();
  const keep = (path: string): void => {
    needed.add(path).add(decodeFilePath(path));
  };
  for (const path of files.live.keys()) keep(path);
  for (const { path, deletionTimestamp = 0 } of files.removed.values()) {
    if (deletionTimestamp > cutoff) keep(path);
  }
  return objects
    .filter((object) => isDataFile(object) && object.modifiedAt <= cutoff)
    .map(({ name }) => name)
    .filter((name) => !needed.has(name));
}

function isDataFile({ name, isFolder }: ListedObject): boolean {
  return !isFolder && name.endsWith('.parquet') && !name.split('/').some(isHidden);
}

function isHidden(segment: string): boolean {
  return segment.startsWith('_') || segment.startsWith('.');
}
