import type { EpochMs } from '../../kernel/time.ts';
import type { LastCheckpoint } from './codec/last-checkpoint.ts';
import type { LogName } from './codec/log-names.ts';

/** A file of the log, as a listing shows it. */
export interface LogFile extends LogName {
  /** Relative to the table's root. */
  readonly name: string;
  readonly modifiedAt: EpochMs;
}

/** The newest version that the log holds, or -1. */
export function newestVersion(files: readonly LogFile[]): number {
  return files.reduce(
    (newest, { kind, version }) => (kind === 'checksum' ? newest : Math.max(newest, version)),
    -1,
  );
}

/** Every checkpoint whose parts are all there, ascending; a version may have several. */
export function completeCheckpoints(files: readonly LogFile[]): readonly LastCheckpoint[] {
  const found = new Map<string, { version: number; parts: number; present: number }>();
  for (const { kind, version, parts } of files) {
    if (kind !== 'checkpoint') continue;
    const key = `${version}/${parts}`;
    const entry = found.get(key) ?? { version, parts, present: 0 };
    found.set(key, { ...entry, present: entry.present + 1 });
  }
  return [...found.values()]
    .filter(({ parts, present }) => present === parts)
    .sort((left, right) => left.version - right.version)
    .map(({ version, parts }) => ({ version, parts }));
}
