import type { EpochMs } from '../../../kernel/time.ts';
import type { Commit } from '../actions.ts';
import { formatCommit } from '../codec/commit-json.ts';
import type { LastCheckpoint } from '../codec/last-checkpoint.ts';
import { commitName } from '../codec/log-names.ts';
import { advanceHead, type TableHead } from '../table-head.ts';
import { openLog, type OpenLog } from './open-log.ts';
import { readTail, trustedFor, type LogTail, type TableSource } from './table-source.ts';

/** What one process knows of a log. */
export interface KnownLog {
  readonly head: TableHead;
  /** When, by our own clock, this was read. */
  readonly seenAt: EpochMs;
  /** The newest checkpoint known; undefined before the first. */
  readonly checkpoint: LastCheckpoint | undefined;
  /** The commits since then, or the newest of them when they are too many to keep. */
  readonly tail: readonly Commit[];
}

/**
 * What became of a commit. `lost`: another writer took the version, and `winners` are all commits
 * since. `unbelieved`: too much time has passed since `known` for the attempt to mean anything; only
 * the new head tells what became of it.
 */
export type CommitOutcome =
  | { readonly kind: 'committed'; readonly known: KnownLog }
  | { readonly kind: 'lost'; readonly known: KnownLog; readonly winners: readonly Commit[] }
  | { readonly kind: 'unbelieved'; readonly known: KnownLog };

/** Commits kept for the next checkpoint; with more than this, the checkpoint reads the log again. */
const maxTail = 300;

/** A loser asks for several versions at once: where one writer has won, others may have followed. */
const loserWindow = 4;

/** A table's log, followed in memory so that a look at it costs one request. */
export class TableLog {
  readonly #source: TableSource;
  #newest: KnownLog | undefined;
  #checkpoint: LastCheckpoint | undefined;

  constructor(source: TableSource) {
    this.#source = source;
  }

  /** The newest state that this process has seen, without asking the store. */
  known(): KnownLog | undefined {
    return this.#newest;
  }

  /** The newest state in the store. */
  async refresh(): Promise<KnownLog> {
    const known = this.#newest;
    if (known === undefined) return this.#reopen();
    return this.#follow(known, await readTail(this.#source, known.head.version + 1, 1));
  }

  /** Tries to make `next` the version after `known`. Its `commitInfo` must carry a fresh `txnId`. */
  async commit(known: KnownLog, next: Commit): Promise<CommitOutcome> {
    const { store, root, options, clock } = this.#source;
    const { asOf, version } = known.head;
    // A process that slept must not even ask: the files of its commit may be gone.
    if (clock.now() - known.seenAt > options.answerBelief) {
      return { kind: 'unbelieved', known: await this.#reopen() };
    }
    const bytes = Buffer.from(formatCommit(next));
    const answer = await store.putIfAbsent(root + commitName(version + 1), bytes);
    // Within the belief, nobody can have cleaned this version up and so freed its number.
    if (answer.at - asOf > options.answerBelief) {
      return { kind: 'unbelieved', known: await this.#reopen() };
    }
    if (!answer.created) return this.#afterRace(known, next);
    const { seenAt } = known;
    return {
      kind: 'committed',
      known: this.#adopt(extend(known, { commits: [next], asOf, seenAt })),
    };
  }

  /** Notes a checkpoint, so that the commits before it need not be kept. */
  noteCheckpoint(checkpoint: LastCheckpoint): void {
    this.#checkpoint = checkpoint;
    if (this.#newest !== undefined) this.#newest = afterCheckpoint(this.#newest, checkpoint);
  }

  /** The version is taken: by another writer, or by our own commit whose answer was lost. */
  async #afterRace(known: KnownLog, next: Commit): Promise<CommitOutcome> {
    const read = await readTail(this.#source, known.head.version + 1, loserWindow);
    const winner = read.commits[0];
    if (winner === undefined) return { kind: 'unbelieved', known: await this.#reopen() };
    const isOurs = winner.commitInfo?.txnId === next.commitInfo?.txnId;
    const after = await this.#follow(known, read);
    return isOurs
      ? { kind: 'committed', known: after }
      : { kind: 'lost', known: after, winners: read.commits };
  }

  /** The state after what was read behind it, or a new one when too much time has passed. */
  async #follow(known: KnownLog, read: LogTail): Promise<KnownLog> {
    const isStale = read.asOf - known.head.asOf >= trustedFor(this.#source, known.head);
    if (isStale) return this.#reopen();
    return this.#adopt(extend(known, { ...read, seenAt: this.#source.clock.now() }));
  }

  async #reopen(): Promise<KnownLog> {
    const opened = await openLog(this.#source, { withFiles: false });
    this.#newest = knownFrom(opened, this.#source.clock.now());
    return this.#newest;
  }

  /** Keeps the newer of two states: a look and a commit may overlap. */
  #adopt(known: KnownLog): KnownLog {
    const { version, asOf } = this.#newest?.head ?? { version: -1, asOf: 0 };
    const { head } = known;
    if (head.version > version || (head.version === version && head.asOf > asOf)) {
      // A commit that was under way when a checkpoint was noted does not know of it.
      this.#newest = afterCheckpoint(known, this.#checkpoint);
    }
    return known;
  }
}

/** A log that was just opened, as something to follow. */
export function knownFrom({ head, checkpoint, tail }: OpenLog, seenAt: EpochMs): KnownLog {
  return { head, seenAt, checkpoint, tail };
}

function extend(
  known: KnownLog,
  read: Pick<LogTail, 'commits' | 'asOf'> & { readonly seenAt: EpochMs },
): KnownLog {
  const { commits, asOf, seenAt } = read;
  const version = known.head.version + commits.length;
  return {
    head: advanceHead(known.head, commits, { version, asOf }),
    seenAt,
    checkpoint: known.checkpoint,
    tail: [...known.tail, ...commits].slice(-maxTail),
  };
}

function afterCheckpoint(known: KnownLog, checkpoint: LastCheckpoint | undefined): KnownLog {
  if (checkpoint === undefined) return known;
  const since = known.head.version - checkpoint.version;
  const isNews = checkpoint.version > (known.checkpoint?.version ?? -1);
  if (since < 0 || !isNews) return known;
  return { ...known, checkpoint, tail: known.tail.slice(Math.max(known.tail.length - since, 0)) };
}
