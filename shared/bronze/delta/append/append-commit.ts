import type { EpochMs } from '../../../kernel/time.ts';
import type { AddFile, Commit, MetaData } from '../actions.ts';
import { engineInfo } from '../engine-info.ts';
import type { CommitPlan } from '../plan-commit.ts';
import { ourProtocol } from '../protocol-support.ts';
import type { TableHead } from '../table-head.ts';
import { shapeMetaData, type TableShape } from '../table-shape.ts';

/** What a commit of rows is made of. */
export interface AppendParts {
  readonly plan: CommitPlan<unknown>;
  readonly adds: readonly AddFile[];
  readonly rows: number;
  readonly now: EpochMs;
  /** A fresh UUID at each call. */
  readonly newId: () => string;
}

/**
 * The commit that lands what a plan writes: rows, watermarks, and whatever the table lacks for them.
 * Every call draws a new `txnId`.
 */
export function appendCommit(head: TableHead, parts: AppendParts): Commit {
  const { plan, adds, rows, now, newId } = parts;
  const metaData = plan.shape === undefined ? undefined : changedMetaData(head, plan.shape, parts);
  return {
    commitInfo: {
      timestamp: now,
      operation: 'WRITE',
      operationParameters: { mode: 'Append' },
      operationMetrics: { numFiles: String(adds.length), numOutputRows: String(rows) },
      isBlindAppend: true,
      engineInfo,
      txnId: newId(),
    },
    ...(head.definition === undefined ? { protocol: ourProtocol } : {}),
    ...(metaData === undefined ? {} : { metaData }),
    txns: [...plan.watermarks].map(([appId, version]) => ({ appId, version, lastUpdated: now })),
    adds,
    removes: [],
  };
}

function changedMetaData(
  { definition }: TableHead,
  shape: TableShape,
  { now, newId }: AppendParts,
): MetaData | undefined {
  if (definition?.shape === shape) return undefined;
  if (definition !== undefined) {
    const { metaData } = definition;
    return { ...metaData, ...shapeMetaData(shape, metaData.configuration) };
  }
  return {
    id: newId(),
    format: { provider: 'parquet', options: {} },
    createdTime: now,
    ...shapeMetaData(shape, {}),
  };
}
