import type { EpochMs } from '../../kernel/time.ts';
import type { Commit, MetaData, Protocol, Txn } from './actions.ts';
import { corruptLog, unsupportedProtocol } from './delta-errors.ts';
import { unsupportedReason } from './protocol-support.ts';
import { shapeOf, type TableShape } from './table-shape.ts';

/** What a table is, apart from what it holds. */
export interface TableDefinition {
  readonly protocol: Protocol;
  readonly metaData: MetaData;
  readonly shape: TableShape;
}

/**
 * All that an append must know of a table. It does not grow with the table: files stay in the log.
 * A table that does not exist yet has version -1 and no definition.
 */
export interface TableHead {
  readonly table: string;
  readonly version: number;
  /** When, by the store's clock, `version` was the newest one for certain. */
  readonly asOf: EpochMs;
  readonly definition: TableDefinition | undefined;
  /** The newest `txn` of every app id. */
  readonly txns: ReadonlyMap<string, Txn>;
}

/** The state before version 0. */
export function emptyHead(table: string, asOf: EpochMs): TableHead {
  return { table, version: -1, asOf, definition: undefined, txns: new Map() };
}

/** The part of a commit or checkpoint that a head is made of. */
export type HeadActions = Pick<Commit, 'protocol' | 'metaData' | 'txns'>;

/**
 * The head after `steps`, one for each version that follows (a checkpoint counts as one step that
 * ends at `version`).
 * Errors: `delta.corrupt_log`, `delta.unsupported_protocol`.
 */
export function advanceHead(
  head: TableHead,
  steps: readonly HeadActions[],
  to: { readonly version: number; readonly asOf: EpochMs },
): TableHead {
  if (steps.length === 0) return { ...head, ...to };
  const latest: { protocol?: Protocol; metaData?: MetaData } = { ...head.definition };
  const txns = new Map(head.txns);
  for (const { protocol, metaData, txns: changed } of steps) {
    if (protocol !== undefined) latest.protocol = protocol;
    if (metaData !== undefined) latest.metaData = metaData;
    for (const txn of changed) txns.set(txn.appId, txn);
  }
  const { protocol, metaData } = latest;
  if (protocol === undefined || metaData === undefined) {
    throw corruptLog('no protocol or metadata', { table: head.table, version: to.version });
  }
  return { table: head.table, ...to, definition: define(head, { protocol, metaData }), txns };
}

function define(
  head: TableHead,
  next: Pick<TableDefinition, 'protocol' | 'metaData'>,
): TableDefinition {
  const { table, definition } = head;
  if (definition?.protocol === next.protocol && definition.metaData === next.metaData) {
    return definition;
  }
  const shape = readShape(table, next.metaData);
  const reason = unsupportedReason(next.protocol, shape.fields);
  if (reason !== undefined) throw unsupportedProtocol(table, reason);
  return { ...next, shape };
}

function readShape(table: string, metaData: MetaData): TableShape {
  try {
    return shapeOf(metaData);
  } catch (error) {
    throw corruptLog(`schema unreadable: ${String(error)}`, { table });
  }
}
