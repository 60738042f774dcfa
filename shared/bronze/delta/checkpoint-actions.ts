import type { DurationMs, EpochMs } from '../../kernel/time.ts';
import type { RemoveFile, Txn } from './actions.ts';
import type { CheckpointAction } from './codec/checkpoint-file.ts';
import type { TableFiles } from './table-files.ts';
import type { TableDefinition } from './table-head.ts';

/** What a checkpoint may leave out because of its age. */
export interface CheckpointExpiry {
  readonly now: EpochMs;
  readonly fileRetention: DurationMs;
  /** Undefined keeps every `txn`. */
  readonly txnRetention: DurationMs | undefined;
}

/**
 * The rows of a checkpoint: protocol, metadata, every `txn`, the removed files that readers of older
 * versions may still need, and the live files. Source: Delta protocol, "Checkpoints".
 */
export function checkpointActions(
  table: {
    readonly definition: TableDefinition;
    readonly txns: ReadonlyMap<string, Txn>;
    readonly files: TableFiles;
  },
  expiry: CheckpointExpiry,
): readonly CheckpointAction[] {
  const { definition, txns, files } = table;
  return [
    { protocol: definition.protocol },
    { metaData: definition.metaData },
    ...[...txns.values()].filter((txn) => isTxnKept(txn, expiry)).map((txn) => ({ txn })),
    ...[...files.removed.values()]
      .filter((remove) => isRemoveKept(remove, expiry))
      .map((remove) => ({ remove: { ...remove, dataChange: false } })),
    ...[...files.live.values()].map((add) => ({ add: { ...add, dataChange: false } })),
  ];
}

/** Whether readers of older versions may still need the file. */
export function isRemoveKept(
  { deletionTimestamp = 0 }: RemoveFile,
  { now, fileRetention }: Pick<CheckpointExpiry, 'now' | 'fileRetention'>,
): boolean {
  return deletionTimestamp > now - fileRetention;
}

function isTxnKept({ lastUpdated }: Txn, { now, txnRetention }: CheckpointExpiry): boolean {
  if (txnRetention === undefined || lastUpdated === undefined) return true;
  return lastUpdated > now - txnRetention;
}
