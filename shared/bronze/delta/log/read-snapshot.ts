import { readNumRecords } from '../codec/stats-reader.ts';
import { decodeFilePath, isForeignPath } from '../codec/table-paths.ts';
import type { SnapshotFile, TableSnapshot } from '../../table-snapshot.ts';
import { replayFiles, type TableFiles } from '../table-files.ts';
import { advanceHead, emptyHead, type TableHead } from '../table-head.ts';
import { fileColumns } from '../table-shape.ts';
import { completeCheckpoints } from '../log-listing.ts';
import { listLog } from './list-log.ts';
import { openFiles } from './open-files.ts';
import { loadCheckpoint } from './read-checkpoint.ts';
import { readVersions, type TableSource } from './table-source.ts';

/**
 * A version of the table (the newest one by default), or undefined when there is no such version,
 * or no longer.
 * Errors: those of `openLog`.
 */
export async function readSnapshot(
  source: TableSource,
  version?: number,
): Promise<TableSnapshot | undefined> {
  const opened = version === undefined ? await openFiles(source) : await openAt(source, version);
  return opened === undefined ? undefined : describe(source, opened.head, opened.files);
}

/** Reads an old version from the newest checkpoint that is not above it. */
async function openAt(
  source: TableSource,
  version: number,
): Promise<{ readonly head: TableHead; readonly files: TableFiles } | undefined> {
  const { files, at } = await listLog(source);
  const checkpoint = completeCheckpoints(files).findLast((found) => found.version <= version);
  const base =
    checkpoint === undefined
      ? undefined
      : await loadCheckpoint(source, checkpoint, { withFiles: true });
  const commits = await readVersions(source, (checkpoint?.version ?? -1) + 1, version);
  if (commits === undefined) return undefined;
  const steps = base === undefined ? commits : [base, ...commits];
  const head = advanceHead(emptyHead(source.table, at), steps, { version, asOf: at });
  return { head, files: replayFiles(steps) };
}

function describe(
  { table, root }: TableSource,
  { definition, version, txns }: TableHead,
  { live }: TableFiles,
): TableSnapshot | undefined {
  if (definition === undefined) return undefined;
  const files = [...live.values()].map(({ path, size, stats, partitionValues }): SnapshotFile => ({
    name: isForeignPath(path) ? path : root + decodeFilePath(path),
    sizeBytes: size,
    rows: readNumRecords(stats),
    partitionValues,
  }));
  return {
    table,
    version,
    rows: files.reduce<number | undefined>(
      (sum, { rows }) => (sum === undefined || rows === undefined ? undefined : sum + rows),
      0,
    ),
    files,
    columns: fileColumns(definition.shape).map(({ name, type }) => ({ name, type })),
    partitionColumn: definition.shape.partitionColumn,
    watermarks: new Map([...txns].map(([appId, txn]) => [appId, txn.version])),
  };
}
