import { AppError } from '../../kernel/app-error.ts';
import { durationMs, type DurationMs } from '../../kernel/time.ts';

export interface CompactionOptions {
  /** Files below this size are worth merging. */
  readonly smallBytes: number;
  /** Merged files grow to about this size. */
  readonly targetBytes: number;
  /** No merged file gets more rows than this: they pass through memory. */
  readonly maxRows: number;
  /** Fewer small files of a partition than this are left alone. */
  readonly minFiles: number;
}

export interface DeltaOptions {
  /** Versions between two checkpoints. */
  readonly checkpointInterval: number;
  /** Rows of a full row group of a checkpoint, which the next checkpoint takes over unread. */
  readonly checkpointGroupRows: number;
  /** Age from which the log before a checkpoint may be deleted. */
  readonly logRetention: DurationMs;
  /** Age from which files that no version since needs may be deleted. */
  readonly fileRetention: DurationMs;
  /** Age from which a `txn` is forgotten; never by default. Must outlive every claim. */
  readonly txnRetention: DurationMs | undefined;
  /** A commit answered later than this after its snapshot is not believed. */
  readonly answerBelief: DurationMs;
  /** Appends join one commit until it has this many rows. */
  readonly maxRowsPerCommit: number;
  readonly compaction: CompactionOptions;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const mebibyte = 1024 * 1024;

const defaultDeltaOptions: DeltaOptions = {
  checkpointInterval: 100,
  checkpointGroupRows: 4_000,
  logRetention: durationMs(30 * day),
  fileRetention: durationMs(7 * day),
  txnRetention: undefined,
  answerBelief: durationMs(10 * minute),
  maxRowsPerCommit: 20_000,
  compaction: {
    smallBytes: 16 * mebibyte,
    targetBytes: 64 * mebibyte,
    maxRows: 200_000,
    minFiles: 8,
  },
};

/**
 * The options with their defaults.
 * Errors: `config.invalid` when a retention could delete what a slow writer still relies on.
 */
export function resolveDeltaOptions(given: Partial<DeltaOptions>): DeltaOptions {
  const options = { ...defaultDeltaOptions, ...given };
  const problems = [
    ...retentionProblem('logRetention', options.logRetention, options.answerBelief),
    ...retentionProblem('fileRetention', options.fileRetention, options.answerBelief),
    ...(options.checkpointInterval >= 1 ? [] : ['checkpointInterval is below 1']),
  ];
  if (problems.length === 0) return options;
  throw new AppError('config.invalid', problems.join('; '), { kind: 'permanent' });
}

/**
 * The age from which a file that no commit names never will be: a writer acts on what it saw for at
 * most `answerBelief`, and this keeps a wide margin to it.
 */
export function abandonedAfter({ answerBelief }: Pick<DeltaOptions, 'answerBelief'>): DurationMs {
  return durationMs(6 * answerBelief);
}

function retentionProblem(name: string, retention: DurationMs, answerBelief: DurationMs): string[] {
  const isLongEnough = retention >= abandonedAfter({ answerBelief });
  return isLongEnough ? [] : [`${name} is below six times answerBelief`];
}
