import type { EpochMs } from '../../kernel/time.ts';
import { completeCheckpoints, type LogFile } from './log-listing.ts';

/**
 * The files of the log that may go: everything before the newest checkpoint that is older than
 * `cutoff`, with its own commit. That checkpoint, its commit and all that follows stay. Ascending by
 * version. Source: Delta protocol, "Metadata Cleanup".
 */
export function selectExpiredLogFiles(
  files: readonly LogFile[],
  cutoff: EpochMs,
): readonly LogFile[] {
  const young = new Set(
    files.filter(({ modifiedAt }) => modifiedAt > cutoff).map(({ version }) => version),
  );
  const retained = completeCheckpoints(files).findLast(({ version }) => !young.has(version));
  if (retained === undefined) return [];
  return files
    .filter(({ version, modifiedAt }) => version < retained.version && modifiedAt <= cutoff)
    .toSorted((left, right) => left.version - right.version);
}
