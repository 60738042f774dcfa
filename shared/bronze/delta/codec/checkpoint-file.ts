import { parquetReadObjects } from 'hyparquet';
import type { AddFile, MetaData, Protocol, RemoveFile, Txn } from '../actions.ts';
import { corruptLog } from '../delta-errors.ts';
import { readAdd, readMetaData, readProtocol, readRemove, readTxn } from './action-codec.ts';
import { checkpointKinds, checkpointSchema } from './checkpoint-schema.ts';
import { isRecord, type JsonRecord } from './json-fields.ts';
import {
  asyncBuffer,
  createParquetFile,
  decompressors,
  finishParquetFile,
} from './parquet-file.ts';

/** One row of a checkpoint. */
export type CheckpointAction =
  | { readonly txn: Txn }
  | { readonly add: AddFile }
  | { readonly remove: RemoveFile }
  | { readonly metaData: MetaData }
  | { readonly protocol: Protocol };

/** A checkpoint, or one part of it, as far as it was read. */
export interface CheckpointContent {
  readonly protocol?: Protocol;
  readonly metaData?: MetaData;
  readonly txns: readonly Txn[];
  readonly adds: readonly AddFile[];
  readonly removes: readonly RemoveFile[];
}

export interface CheckpointBuilder {
  /** Appends one row group. */
  addActions(actions: readonly CheckpointAction[]): void;
  finish(): Uint8Array;
}

/** Starts a classic checkpoint in one file. */
export function buildCheckpoint(): CheckpointBuilder {
  const file = createParquetFile(checkpointSchema, checkpointKinds.length);
  return {
    addActions(actions) {
      const columnData = checkpointKinds.map((kind) => ({
        name: kind,
        data: actions.map((action) => toRow(kind, action)),
        // No reader prunes a checkpoint by the bounds of its nested columns.
        statistics: false,
      }));
      void file.write({ columnData, rowGroupSize: Math.max(actions.length, 1) });
    },
    finish: () => finishParquetFile(file),
  };
}

/**
 * Reads a checkpoint file; without files, only protocol, metadata and transactions are decoded.
 * Errors: `delta.corrupt_log`.
 */
export async function readCheckpoint(
  bytes: Uint8Array,
  want: { readonly name: string; readonly withFiles: boolean },
): Promise<CheckpointContent> {
  try {
    const rows: unknown[] = await parquetReadObjects({
      file: asyncBuffer(bytes),
      compressors: decompressors,
      parsers: { stringFromBytes: (text: Uint8Array) => decoder.decode(text) },
      ...(want.withFiles ? {} : { columns: ['txn', 'metaData', 'protocol'] }),
    });
    return collect(rows.filter(isRecord));
  } catch (cause) {
    throw corruptLog(`checkpoint unreadable: ${String(cause)}`, { name: want.name });
  }
}

/** The reader's own decoder would drop a byte order mark, which an app id may begin with. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function collect(rows: readonly JsonRecord[]): CheckpointContent {
  const content: {
    protocol?: Protocol;
    metaData?: MetaData;
    txns: Txn[];
    adds: AddFile[];
    removes: RemoveFile[];
  } = { txns: [], adds: [], removes: [] };
  for (const { txn, add, remove, metaData, protocol } of rows) {
    if (isRecord(add)) content.adds.push(readAdd(add));
    else if (isRecord(remove)) content.removes.push(readRemove(remove));
    else if (isRecord(txn)) content.txns.push(readTxn(txn));
    else if (isRecord(metaData)) content.metaData = readMetaData(metaData);
    else if (isRecord(protocol)) content.protocol = readProtocol(protocol);
  }
  return content;
}

/** The struct of an action in the column of its kind, null in all others. */
function toRow(kind: (typeof checkpointKinds)[number], action: CheckpointAction): unknown {
  const fields = (action as Readonly<Record<string, object | undefined>>)[kind];
  if (fields === undefined) return null;
  const entries = Object.entries(fields).map(([name, value]): [string, unknown] => [
    name,
    longFields.has(name) ? BigInt(value as number) : value,
  ]);
  return Object.fromEntries(entries);
}

const longFields: ReadonlySet<string> = new Set([
  'version',
  'lastUpdated',
  'size',
  'modificationTime',
  'deletionTimestamp',
  'createdTime',
]);
