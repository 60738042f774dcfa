import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EpochMs } from '../../../kernel/time.ts';
import type { TableAppend, TableRow } from '../../../ports/delta.ts';
import type { AddFile } from '../actions.ts';
import { dataFilePath } from '../codec/table-paths.ts';
import type { TableSource } from '../log/table-source.ts';
import type { CommitPlan, PlannedWrite } from '../plan-commit.ts';
import { fileColumns, type TableShape } from '../table-shape.ts';
import { encodeFiles, type PartitionFile } from './encode-files.ts';

/** Files in the store that no commit names yet; if none ever does, vacuum takes them. */
export interface UploadedFiles<Item> {
  readonly plan: CommitPlan<Item>;
  readonly adds: readonly AddFile[];
  readonly rows: number;
  /** The store's time when the first of them was complete. */
  readonly at: EpochMs | undefined;
}

const parallelUploads = 8;

/** Writes the rows of a plan as data files, one for each partition date. */
export async function uploadFiles<Item extends { readonly append: TableAppend }>(
  source: TableSource,
  plan: CommitPlan<Item>,
): Promise<UploadedFiles<Item>> {
  const { shape } = plan;
  if (shape === undefined) return { plan, adds: [], rows: 0, at: undefined };
  // Encoding keeps the thread busy: whatever else was started goes out first.
  await nextTurn();
  const files = encodeFiles(rowsOf(plan.writes), fileColumns(shape));
  const uploads: { readonly add: AddFile; readonly at: EpochMs }[] = [];
  for (let start = 0; start < files.length; start += parallelUploads) {
    const group = files.slice(start, start + parallelUploads);
    uploads.push(...(await Promise.all(group.map((file) => upload(source, shape, file)))));
  }
  return {
    plan,
    adds: uploads.map(({ add }) => add),
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    at: uploads[0]?.at,
  };
}

async function upload(
  source: TableSource,
  { partitionColumn }: TableShape,
  { date, bytes, stats }: PartitionFile,
): Promise<{ readonly add: AddFile; readonly at: EpochMs }> {
  const path = dataFilePath({ partitionColumn, date, id: source.newId() });
  const { at } = await source.store.put(source.root + path, bytes);
  const add = {
    path,
    partitionValues: { [partitionColumn]: date },
    size: bytes.byteLength,
    modificationTime: source.clock.now(),
    dataChange: true,
    stats,
  };
  return { add, at };
}

function* rowsOf(
  writes: readonly PlannedWrite<{ readonly append: TableAppend }>[],
): Generator<TableRow> {
  for (const { item, from } of writes) {
    yield* from === 0 ? item.append.rows : item.append.rows.slice(from);
  }
}
