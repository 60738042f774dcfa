import type { DurationMs, EpochMs } from '../../kernel/time.ts';
import type { RemoveFile, Txn } from './actions.ts';
import type { CheckpointAction } from './codec/checkpoint-builder.ts';
import type { TableFiles } from './table-files.ts';
import type { TableDefinition } from './table-head.ts';

/** What a checkpoint may leave out because of its age. */
export interface CheckpointExpiry {
  readonly now: EpochMs;
  readonly fileRetention: DurationMs;
  /** Undefined keeps every `txn`. */
  readonly txnRetention: DurationMs | undefined;
}

/** The rows of a checkpoint by kind. Source: Delta protocol, "Checkpoints". */
export interface CheckpointActions {
  /** Protocol, metadata and every `txn`. */
  readonly state: readonly CheckpointAction[];
  /** The removed files that readers of older versions may still need. */
  readonly removes: readonly CheckpointAction[];
  readonly adds: readonly CheckpointAction[];
}

export function checkpointActions(
  table: {
    readonly definition: TableDefinition;
    readonly txns: ReadonlyMap<string, Txn>;
    readonly files: TableFiles;
  },
  expiry: CheckpointExpiry,
): CheckpointActions {
  const { definition, txns, files } = table;
  return {
    state: [
      { protocol: definition.protocol },
      { metaData: definition.metaData },
      ...[...txns.values()].filter((txn) => isTxnKept(txn, expiry)).map((txn) => ({ txn })),
    ],
    removes: [...files.removed.values()]
      .filter((remove) => isRemoveKept(remove, expiry))
      .map((remove) => ({ remove: { ...remove, dataChange: false } })),
    adds: [...files.live.values()].map((add) => ({ add: { ...add, dataChange: false } })),
  };
}

function isRemoveKept(
  { deletionTimestamp = 0 }: RemoveFile,
  { now, fileRetention }: CheckpointExpiry,
): boolean {
  return deletionTimestamp > now - fileRetention;
}

function isTxnKept({ lastUpdated }: Txn, { now, txnRetention }: CheckpointExpiry): boolean {
  if (txnRetention === undefined || lastUpdated === undefined) return true;
  return lastUpdated > now - txnRetention;
}
