import type { Clock, DurationMs, EpochMs } from '../../../kernel/time.ts';
import type { Log } from '../../../ports/log.ts';
import type { FoundObject, ObjectStore } from '../../object-store.ts';
import type { Commit } from '../actions.ts';
import { parseCommit } from '../codec/commit-json.ts';
import { commitName } from '../codec/log-names.ts';
import type { DeltaOptions } from '../delta-options.ts';
import { trustFor } from '../retention.ts';
import type { TableHead } from '../table-head.ts';

/** One table in a store, and what its readers and writers need. */
export interface TableSource {
  readonly store: ObjectStore;
  readonly table: string;
  /** Folder of the table, ending in `/`. */
  readonly root: string;
  readonly options: DeltaOptions;
  readonly clock: Clock;
  /** A fresh UUID at each call. */
  readonly newId: () => string;
  readonly log: Log;
}

/** Commits in a row, up to the newest one. */
export interface LogTail {
  readonly commits: readonly Commit[];
  /** When, by the store's clock, the version after the last commit was missing. */
  readonly asOf: EpochMs;
  /** When the last commit was written; undefined without one. */
  readonly newestAt: EpochMs | undefined;
}

const widestWindow = 64;

/**
 * Reads every commit from version `from` on. The first `window` versions are asked for at once, and
 * ever more after that, because a loser that reads one winner at a time never catches up.
 */
export async function readTail(
  source: TableSource,
  from: number,
  window: number,
): Promise<LogTail> {
  const commits: Commit[] = [];
  let newestAt: EpochMs | undefined;
  for (
    let next = from, width = window;
    ;
    next += width, width = Math.min(width * 4, widestWindow)
  ) {
    for (const { commit, answer } of await readWindow(source, next, width)) {
      if (commit === undefined) return { commits, asOf: answer.at, newestAt };
      commits.push(commit);
      if (answer.found) newestAt = answer.modifiedAt;
    }
  }
}

/** Asks for `width` versions at once; a missing one has no commit. */
async function readWindow(
  { store, root }: TableSource,
  from: number,
  width: number,
): Promise<readonly { readonly answer: FoundObject; readonly commit: Commit | undefined }[]> {
  const names = Array.from({ length: width }, (_, index) => commitName(from + index));
  return Promise.all(
    names.map(async (name) => {
      const answer = await store.get(root + name);
      if (!answer.found) return { answer, commit: undefined };
      const commit = parseCommit(Buffer.from(answer.bytes).toString('utf8'), name);
      return { answer, commit };
    }),
  );
}

/** The commits `from` to `to`, both included, or undefined when one is missing. */
export async function readVersions(
  source: TableSource,
  from: number,
  to: number,
): Promise<readonly Commit[] | undefined> {
  const commits: Commit[] = [];
  for (let next = from; next <= to; next += widestWindow) {
    const found = await readWindow(source, next, Math.min(widestWindow, to - next + 1));
    for (const answer of found) {
      if (answer.commit === undefined) return undefined;
      commits.push(answer.commit);
    }
  }
  return commits;
}

/**
 * How long after `known` was certain a missing version still proves the end of the log. Clean-up
 * takes only what is older than the retention, so a version that did not exist yet within that
 * time cannot have been written and taken since.
 */
export function trustedFor({ options }: TableSource, known: TableHead): DurationMs {
  return trustFor(known.definition?.metaData.configuration ?? {}, options.logRetention);
}
