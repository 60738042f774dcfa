import type { EpochMs } from '../../../kernel/time.ts';
import type { Merge } from '../compaction-conflict.ts';
import { openFiles } from '../log/open-files.ts';
import type { TableSource } from '../log/table-source.ts';
import { selectCompactions } from '../select-compactions.ts';
import { commitMerges } from './commit-merges.ts';
import { mergeFiles } from './merge-files.ts';

export interface CompactionReport {
  readonly filesRemoved: number;
  readonly filesAdded: number;
  /** Merges given up because another writer was faster; a later run tries again. */
  readonly conflicts: number;
}

/** Merges of one run: the rest waits for the next one. */
const maxMerges = 16;

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
  const committed = await commitMerges(source, merges, {
    schemaString: definition.metaData.schemaString,
    kind: { operation: 'OPTIMIZE', dataChange: false },
  });
  return {
    filesRemoved: committed.flatMap(({ inputs }) => inputs).length,
    filesAdded: committed.length,
    conflicts: merges.length - committed.length,
  };
}

const nothing: CompactionReport = { filesRemoved: 0, filesAdded: 0, conflicts: 0 };
