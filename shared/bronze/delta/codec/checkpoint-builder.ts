import type { ColumnChunk, RowGroup } from 'hyparquet';
import type { AddFile, MetaData, Protocol, RemoveFile, Txn } from '../actions.ts';
import { formatLayout, type CheckpointGroup } from './checkpoint-layout.ts';
import { checkpointKinds, checkpointSchema } from './checkpoint-schema.ts';
import type { CheckpointView } from './checkpoint-reader.ts';
import { createParquetFile, finishParquetFile } from './parquet-file.ts';

/** One row of a checkpoint. */
export type CheckpointAction =
  | { readonly txn: Txn }
  | { readonly add: AddFile }
  | { readonly remove: RemoveFile }
  | { readonly metaData: MetaData }
  | { readonly protocol: Protocol };

export interface CheckpointBuilder {
  /** Appends one row group of actions that belong together, unless there are none. */
  addGroup(kind: CheckpointGroup['kind'], actions: readonly CheckpointAction[]): void;
  /** Appends a row group of another checkpoint byte for byte. */
  reuseGroup(view: CheckpointView, index: number): void;
  /** Rows so far, of one kind or of all. */
  rows(kind?: CheckpointGroup['kind']): number;
  finish(): Uint8Array;
}

/** Starts a classic checkpoint in one file. */
export function buildCheckpoint(): CheckpointBuilder {
  const file = createParquetFile(checkpointSchema, checkpointKinds.length);
  const groups: CheckpointGroup[] = [];
  return {
    addGroup(kind, actions) {
      if (actions.length === 0) return;
      const columnData = checkpointKinds.map((column) => ({
        name: column,
        data: actions.map((action) => toRow(column, action)),
        // No reader prunes a checkpoint by the bounds of its nested columns.
        statistics: false,
      }));
      void file.write({ columnData, rowGroupSize: actions.length });
      groups.push({ kind, rows: actions.length, ...removedUntil(kind, actions) });
    },
    reuseGroup({ bytes, metadata, groups: known }, index) {
      const [rowGroup, group] = [metadata.row_groups[index], known?.[index]];
      if (rowGroup === undefined || group === undefined) throw new RangeError('no such row group');
      const { start, end } = rangeOf(rowGroup);
      file.row_groups.push(moveBy(rowGroup, file.writer.offset - start));
      file.num_rows += rowGroup.num_rows;
      file.writer.appendBytes(bytes.subarray(start, end));
      groups.push(group);
    },
    rows: (kind) =>
      groups.reduce(
        (sum, group) => sum + (kind === undefined || group.kind === kind ? group.rows : 0),
        0,
      ),
    finish() {
      file.kvMetadata = [formatLayout(groups)];
      return finishParquetFile(file);
    },
  };
}

/** Where a row group's column chunks stand, one after the other. */
function rangeOf({ columns, total_compressed_size }: RowGroup): {
  readonly start: number;
  readonly end: number;
} {
  const first = columns[0]?.meta_data;
  const start = Number(first?.dictionary_page_offset ?? first?.data_page_offset);
  return { start, end: start + Number(total_compressed_size) };
}

function moveBy(rowGroup: RowGroup, distance: number): RowGroup {
  const by = BigInt(distance);
  return { ...rowGroup, columns: rowGroup.columns.map((column) => moveColumn(column, by)) };
}

/** Indexes of pages are not taken along: readers do without. */
function moveColumn({ meta_data: metaData, file_offset }: ColumnChunk, by: bigint): ColumnChunk {
  if (metaData === undefined) return { file_offset: file_offset + by };
  const { dictionary_page_offset: dictionary, data_page_offset: data } = metaData;
  return {
    file_offset: file_offset + by,
    meta_data: {
      ...metaData,
      data_page_offset: data + by,
      ...(dictionary === undefined ? {} : { dictionary_page_offset: dictionary + by }),
    },
  };
}

function removedUntil(
  kind: CheckpointGroup['kind'],
  actions: readonly CheckpointAction[],
): Pick<CheckpointGroup, 'removedUntil'> {
  if (kind !== 'remove') return {};
  const times = actions.map((action) =>
    'remove' in action ? (action.remove.deletionTimestamp ?? 0) : 0,
  );
  return { removedUntil: times.reduce((newest, time) => Math.max(newest, time), 0) };
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
