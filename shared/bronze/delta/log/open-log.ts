import type { EpochMs } from '../../../kernel/time.ts';
import type { Commit } from '../actions.ts';
import type { CheckpointContent } from '../codec/checkpoint-reader.ts';
import type { LastCheckpoint } from '../codec/last-checkpoint.ts';
import { commitName } from '../codec/log-names.ts';
import { corruptLog, lakeUnavailable, unsupportedProtocol } from '../delta-errors.ts';
import { advanceHead, emptyHead, type TableHead } from '../table-head.ts';
import { completeCheckpoints, newestVersion, type LogFile } from '../log-listing.ts';
import { listLog, type LogListing } from './list-log.ts';
import { loadCheckpoint, readHint } from './read-checkpoint.ts';
import { readTail, trustedFor, type TableSource } from './table-source.ts';

/** A log read from a checkpoint (or from its beginning) to its newest version. */
export interface OpenLog {
  readonly head: TableHead;
  /** The checkpoint that `tail` follows; undefined when it begins at version 0. */
  readonly checkpoint: LastCheckpoint | undefined;
  readonly base: CheckpointContent | undefined;
  /** The commits after the checkpoint. */
  readonly tail: readonly Commit[];
}

const firstWindow = 16;
const maxTries = 5;

/**
 * Reads a log to its newest version. The hint usually leads there in two round trips; when it
 * cannot be trusted, a listing finds the way. A table that does not exist has version -1.
 * Errors: `delta.corrupt_log`, `delta.unsupported_protocol`, `lake.unavailable`.
 */
export async function openLog(
  source: TableSource,
  want: { readonly withFiles: boolean },
): Promise<OpenLog> {
  const hinted = await openFrom(source, await readHint(source), want);
  if (hinted !== undefined && isTrusted(source, hinted)) return hinted.log;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const listed = await openListed(source, await listLog(source), want);
    if (listed !== undefined) return listed;
  }
  throw lakeUnavailable('the log changes faster than it can be read', { table: source.table });
}

interface Opened {
  readonly log: OpenLog;
  /** When the newest commit was written; undefined when it could not be read. */
  readonly newestAt: EpochMs | undefined;
}

/** The version after a young commit is younger still, so clean-up cannot have taken it. */
function isTrusted(source: TableSource, { log, newestAt }: Opened): boolean {
  return newestAt !== undefined && log.head.asOf - newestAt < trustedFor(source, log.head);
}

async function openFrom(
  source: TableSource,
  checkpoint: LastCheckpoint | undefined,
  want: { readonly withFiles: boolean },
): Promise<Opened | undefined> {
  if (checkpoint === undefined) return openFromBeginning(source);
  const { store, root } = source;
  const [base, tail, own] = await Promise.all([
    loadCheckpoint(source, checkpoint, want),
    readTail(source, checkpoint.version + 1, firstWindow),
    // The checkpoint may be much younger than its version: only the commit tells that one's age.
    store.get(root + commitName(checkpoint.version)),
  ]);
  if (base === undefined) return undefined;
  const log = assemble(source, { checkpoint, base, commits: tail.commits, asOf: tail.asOf });
  return { log, newestAt: tail.newestAt ?? (own.found ? own.modifiedAt : undefined) };
}

async function openFromBeginning(source: TableSource): Promise<Opened | undefined> {
  const { commits, asOf, newestAt } = await readTail(source, 0, 1);
  return commits.length === 0 ? undefined : { log: assemble(source, { commits, asOf }), newestAt };
}

async function openListed(
  source: TableSource,
  { files, at }: LogListing,
  want: { readonly withFiles: boolean },
): Promise<OpenLog | undefined> {
  const newest = newestVersion(files);
  if (newest === -1) return assemble(source, { commits: [], asOf: at });
  const checkpoint = completeCheckpoints(files).at(-1);
  if (checkpoint === undefined) requireFirstVersion(source, files);
  const opened = await openFrom(source, checkpoint, want);
  const isWhole =
    opened !== undefined &&
    opened.log.head.version >= newest &&
    opened.log.head.asOf - at < trustedFor(source, opened.log.head);
  return isWhole ? opened.log : undefined;
}

function requireFirstVersion({ table }: TableSource, files: readonly LogFile[]): void {
  if (files.some(({ kind, version }) => kind === 'commit' && version === 0)) return;
  if (files.some(({ kind }) => kind === 'v2-checkpoint')) {
    throw unsupportedProtocol(table, 'has only v2 checkpoints (table feature v2Checkpoint)');
  }
  throw corruptLog('neither version 0 nor a whole checkpoint', { table });
}

function assemble(
  { table }: TableSource,
  read: {
    readonly checkpoint?: LastCheckpoint;
    readonly base?: CheckpointContent;
    readonly commits: readonly Commit[];
    readonly asOf: EpochMs;
  },
): OpenLog {
  const { checkpoint, base, commits, asOf } = read;
  const version = (checkpoint?.version ?? -1) + commits.length;
  const steps = base === undefined ? commits : [base, ...commits];
  const head = advanceHead(emptyHead(table, asOf), steps, { version, asOf });
  return { head, checkpoint, base, tail: commits };
}
