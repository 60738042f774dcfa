import { parquetMetadata, parquetReadObjects, parquetSchema, type FileMetaData } from 'hyparquet';
import type { AddFile, MetaData, Protocol, RemoveFile, Txn } from '../actions.ts';
import { corruptLog } from '../delta-errors.ts';
import { readAdd, readMetaData, readProtocol, readRemove, readTxn } from './action-codec.ts';
import { parseLayout, type CheckpointGroup } from './checkpoint-layout.ts';
import { checkpointKinds } from './checkpoint-schema.ts';
import { isRecord, type JsonRecord } from './json-fields.ts';
import { asyncBuffer, decompressors } from './parquet-file.ts';

/** A checkpoint, or one part of it, as far as it was read. */
export interface CheckpointContent {
  readonly protocol?: Protocol;
  readonly metaData?: MetaData;
  readonly txns: readonly Txn[];
  readonly adds: readonly AddFile[];
  readonly removes: readonly RemoveFile[];
}

/** A checkpoint file whose rows are still encoded. */
export interface CheckpointView {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly metadata: FileMetaData;
  /** What each row group holds; undefined when another engine wrote the file. */
  readonly groups: readonly CheckpointGroup[] | undefined;
}

/** Looks at a checkpoint file without reading its rows. Errors: `delta.corrupt_log`. */
export function viewCheckpoint(bytes: Uint8Array, name: string): CheckpointView {
  return guarded(name, () => {
    const metadata = parquetMetadata(bytes);
    return { name, bytes, metadata, groups: parseLayout(metadata) };
  });
}

/**
 * Reads a checkpoint file; without files, only protocol, metadata and transactions are decoded.
 * Errors: `delta.corrupt_log`.
 */
export async function readCheckpoint(
  view: CheckpointView,
  { withFiles }: { readonly withFiles: boolean },
): Promise<CheckpointContent> {
  const { groups } = view;
  if (groups !== undefined) {
    const wanted = groups.flatMap(({ kind }, index) =>
      withFiles || kind === 'state' ? [index] : [],
    );
    return readGroups(view, wanted);
  }
  // Others may leave out the column of a kind that they have nothing of, and add kinds of their own.
  const present = new Set(parquetSchema(view.metadata).children.map(({ element }) => element.name));
  const wanted: readonly string[] = withFiles ? checkpointKinds : stateColumns;
  const columns = wanted.filter((name) => present.has(name));
  return collect(view, await readRows(view, { columns }));
}

/** Reads some row groups of a checkpoint of ours. Errors: `delta.corrupt_log`. */
export async function readGroups(
  view: CheckpointView,
  indexes: readonly number[],
): Promise<CheckpointContent> {
  const rows: JsonRecord[] = [];
  for (const index of indexes) {
    const group = view.groups?.[index];
    if (group === undefined) continue;
    const before = view.groups?.slice(0, index).reduce((sum, one) => sum + one.rows, 0) ?? 0;
    const columns = group.kind === 'state' ? stateColumns : [group.kind];
    const found = await readRows(view, { columns, rowStart: before, rowEnd: before + group.rows });
    for (const row of found) rows.push(row);
  }
  return collect(view, rows);
}

const stateColumns = ['txn', 'metaData', 'protocol'];

async function readRows(
  { bytes, metadata, name }: CheckpointView,
  range: { columns: string[]; rowStart?: number; rowEnd?: number },
): Promise<readonly JsonRecord[]> {
  try {
    const read: unknown[] = await parquetReadObjects({
      file: asyncBuffer(bytes),
      metadata,
      compressors: decompressors,
      parsers: { stringFromBytes: (text: Uint8Array) => decoder.decode(text) },
      ...range,
    });
    return read.filter(isRecord);
  } catch (error) {
    throw unreadable(name, error);
  }
}

/** The reader's own decoder would drop a byte order mark, which an app id may begin with. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function collect({ name }: CheckpointView, rows: readonly JsonRecord[]): CheckpointContent {
  const content: {
    protocol?: Protocol;
    metaData?: MetaData;
    txns: Txn[];
    adds: AddFile[];
    removes: RemoveFile[];
  } = { txns: [], adds: [], removes: [] };
  return guarded(name, () => {
    for (const { txn, add, remove, metaData, protocol } of rows) {
      if (isRecord(add)) content.adds.push(readAdd(add));
      else if (isRecord(remove)) content.removes.push(readRemove(remove));
      else if (isRecord(txn)) content.txns.push(readTxn(txn));
      else if (isRecord(metaData)) content.metaData = readMetaData(metaData);
      else if (isRecord(protocol)) content.protocol = readProtocol(protocol);
    }
    return content;
  });
}

function guarded<Answer>(name: string, read: () => Answer): Answer {
  try {
    return read();
  } catch (error) {
    throw unreadable(name, error);
  }
}

function unreadable(name: string, cause: unknown): Error {
  return corruptLog(`checkpoint unreadable: ${String(cause)}`, { name });
}
