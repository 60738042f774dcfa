import type { AddFile, Commit, RemoveFile } from '../actions.ts';
import { liveMerges, survivingMerges, type Merge } from '../compaction-conflict.ts';
import { decodeFilePath } from '../codec/table-paths.ts';
import { engineInfo } from '../engine-info.ts';
import { openFiles } from '../log/open-files.ts';
import { TableLog } from '../log/table-log.ts';
import type { TableSource } from '../log/table-source.ts';
import { deleteAll } from './delete-all.ts';

/** What the commit of merges says of itself. */
export interface MergeKind {
  readonly operation: 'OPTIMIZE' | 'UPDATE';
  /** Whether the new files say something else than those that they replace. */
  readonly dataChange: boolean;
}

/** Versions lost in a row after which a run gives up: the table is busy, and this can wait. */
const maxAttempts = 50;

/**
 * Puts new files in the place of their inputs, in one commit, and answers the merges that it holds.
 * Appends of others disturb none; a merge that lost an input to somebody else is given up, and so
 * are all when the table changed what it is. The files of those that certainly are in no commit are
 * deleted at once, because nobody knows of them.
 * Errors: those of the store; then nothing is known of the merges.
 */
export async function commitMerges(
  source: TableSource,
  merges: readonly Merge[],
  { schemaString, kind }: { readonly schemaString: string; readonly kind: MergeKind },
): Promise<readonly Merge[]> {
  // Making the files may have taken long: what the table is now decides, not what it was.
  const { head, files, known: opened } = await openFiles(source);
  const isSameTable = head.definition?.metaData.schemaString === schemaString;
  const log = new TableLog(source);
  let open = isSameTable ? liveMerges(merges, files) : [];
  let known = opened;
  for (let attempt = 0; attempt < maxAttempts && open.length > 0; attempt += 1) {
    const outcome = await log.commit(known, mergeCommit(source, open, kind));
    // Whether they were committed, only the log could tell.
    if (outcome.kind === 'unbelieved') return [];
    if (outcome.kind === 'committed') {
      await discard(source, merges, open);
      return open;
    }
    known = outcome.known;
    open = survivingMerges(open, outcome.winners);
  }
  await discard(source, merges, []);
  return [];
}

async function discard(
  source: TableSource,
  merges: readonly Merge[],
  committed: readonly Merge[],
): Promise<void> {
  const given = merges.filter((merge) => !committed.includes(merge));
  await deleteAll(
    source,
    given.map(({ output }) => decodeFilePath(output.path)),
  );
}

function mergeCommit(
  { clock, newId }: TableSource,
  merges: readonly Merge[],
  { operation, dataChange }: MergeKind,
): Commit {
  const now = clock.now();
  const removes = merges.flatMap(({ inputs }) =>
    inputs.map((input): RemoveFile => ({ ...removeOf(input), deletionTimestamp: now, dataChange })),
  );
  return {
    commitInfo: {
      timestamp: now,
      operation,
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
    adds: merges.map(({ output }) => ({ ...output, dataChange })),
    removes,
  };
}

function removeOf({ path, partitionValues, size }: AddFile) {
  return { path, extendedFileMetadata: true, partitionValues, size };
}
