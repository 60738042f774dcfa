import type { EpochMs } from '../../kernel/time.ts';
import type { AddFile, PartitionValues } from './actions.ts';
import { readNumRecords } from './codec/stats-reader.ts';
import { isForeignPath } from './codec/table-paths.ts';
import type { CompactionOptions } from './delta-options.ts';

/** Small files of one partition that become one. */
export interface Compaction {
  readonly partitionValues: PartitionValues;
  readonly inputs: readonly AddFile[];
}

/** A partition that got no file for a day is done: what is left of it is merged whatever its size. */
const coldAfterMs = 24 * 3_600_000;

/**
 * Chooses what to merge. Files meet only files of their own size class (a factor of eight), so that
 * a row is rewritten about once per class and not at every run.
 */
export function selectCompactions(
  live: Iterable<AddFile>,
  options: CompactionOptions,
  now: EpochMs,
): readonly Compaction[] {
  const partitions = Map.groupBy(live, ({ partitionValues }) => partitionKey(partitionValues));
  return [...partitions.values()].flatMap((files) => {
    const small = files.filter((file) => isMergeable(file, options));
    const isCold = files.every(({ modificationTime }) => modificationTime < now - coldAfterMs);
    const classes = isCold ? [small] : [...Map.groupBy(small, sizeClass).values()];
    const minFiles = isCold ? 2 : options.minFiles;
    return classes
      .flatMap((members) => fillBins(members, options))
      .filter((inputs) => inputs.length >= minFiles)
      .map((inputs) => ({ partitionValues: inputs[0]?.partitionValues ?? {}, inputs }));
  });
}

function partitionKey(values: PartitionValues): string {
  return JSON.stringify(Object.entries(values).sort());
}

function isMergeable(file: AddFile, { smallBytes, maxRows }: CompactionOptions): boolean {
  const rows = readNumRecords(file.stats);
  const isReadable = rows !== undefined && rows < maxRows && !isForeignPath(file.path);
  return isReadable && file.size < smallBytes && hasDate(file.partitionValues);
}

/** Whether the partition is one of ours: its value becomes part of the new file's path. */
function hasDate(values: PartitionValues): boolean {
  const [date, ...others] = Object.values(values);
  return others.length === 0 && /^\d{4}-\d{2}-\d{2}$/.test(date ?? '');
}

function sizeClass({ size }: AddFile): number {
  return Math.floor(Math.log2(Math.max(size, 1)) / 3);
}

/** Fills files, in the order of the log, into groups that stay within the target. */
function fillBins(
  files: readonly AddFile[],
  { targetBytes, maxRows }: CompactionOptions,
): readonly (readonly AddFile[])[] {
  const bins: { files: AddFile[]; bytes: number; rows: number }[] = [];
  for (const file of files) {
    const rows = readNumRecords(file.stats) ?? 0;
    let bin = bins.at(-1);
    if (bin === undefined || bin.bytes + file.size > targetBytes || bin.rows + rows > maxRows) {
      bin = { files: [], bytes: 0, rows: 0 };
      bins.push(bin);
    }
    bin.files.push(file);
    bin.bytes += file.size;
    bin.rows += rows;
  }
  return bins.map((bin) => bin.files);
}
