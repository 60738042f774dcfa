import type { EpochMs } from '../../../kernel/time.ts';
import type { AddFile, Commit, RemoveFile } from '../actions.ts';
import { liveMerges, survivingMerges, type Merge } from '../compaction-conflict.ts';
import { engineInfo } from '../engine-info.ts';
import { openFiles } from '../log/open-files.ts';
import { TableLog } from '../log/table-log.ts';
import type { TableSource } from '../log/table-source.ts';
import { selectCompactions } from '../select-compactions.ts';
import { mergeFiles } from './merge-files.ts';

export interface CompactionReport {
  readonly filesRemoved: number;
  readonly filesAdded: number;
  /** Merges given up because another writer was faster; a later run tries again. */
  readonly conflicts: number;
}

/** Merges of one run: the rest waits for the next one. */
const maxMerges = 16;
/** Versions lost in a row after which a run gives up: the table is busy, and compaction can wait. */
const maxAttempts = 50;

/** Merges small files of a table, in one commit that changes no row. */
export async function compactTable(source: TableSource, now: EpochMs): Promise<CompactionReport> {
  const before = await openFiles(source);
  const { definition } = before.head;
  if (definition === undefined) return nothing;
  const chosen = selectCompactions(before.files.live.values(), source.options.compaction, now);
  const merges: Merge[] = [];
  for (const compaction of chosen.slice(0, maxMerges)) {
    const merge = await mergeFiles(source, definition.shape, compaction);
    if (merge !== undefined) merges.push(merge);
  }
  if (merges.length === 0) return nothing;
  const committed = await commitMerges(source, merges, definition.metaData.schemaString);
  return {
    filesRemoved: committed.flatMap(({ inputs }) => inputs).length,
    filesAdded: committed.length,
    conflicts: merges.length - committed.length,
  };
}

/** Commits the merges that still hold, and answers them. */
async function commitMerges(
  source: TableSource,
  merges: readonly Merge[],
  schemaString: string,
): Promise<readonly Merge[]> {
  // Merging may have taken long: what the table is now decides, not what it was.
  const { head, files, known: opened } = await openFiles(source);
  if (head.definition?.metaData.schemaString !== schemaString) return [];
  const log = new TableLog(source);
  let open = liveMerges(merges, files);
  let known = opened;
  for (let attempt = 0; attempt < maxAttempts && open.length > 0; attempt += 1) {
    const outcome = await log.commit(known, mergeCommit(source, open));
    if (outcome.kind === 'committed') return open;
    if (outcome.kind === 'unbelieved') return [];
    known = outcome.known;
    open = survivingMerges(open, outcome.winners);
  }
  return [];
}

function mergeCommit({ clock, newId }: TableSource, merges: readonly Merge[]): Commit {
  const now = clock.now();
  const removes = merges.flatMap(({ inputs }) => inputs.map((input) => removeOf(input, now)));
  return {
    commitInfo: {
      timestamp: now,
      operation: 'OPTIMIZE',
      operationParameters: {},
      operationMetrics: {
        numRemovedFiles: String(removes.length),
        numAddedFiles: String(merges.length),
      },
      isBlindAppend: false,
      engineInfo,
      txnId: newId(),
    },
    txns: [],
    adds: merges.map(({ output }) => output),
    removes,
  };
}

function removeOf({ path, partitionValues, size }: AddFile, now: EpochMs): RemoveFile {
  return {
    path,
    deletionTimestamp: now,
    dataChange: false,
    extendedFileMetadata: true,
    partitionValues,
    size,
  };
}

const nothing: CompactionReport = { filesRemoved: 0, filesAdded: 0, conflicts: 0 };
