import type { AddFile, Commit, RemoveFile } from './actions.ts';

/** Every file that a table's log still speaks of, by its path in the log. */
export interface TableFiles {
  readonly live: ReadonlyMap<string, AddFile>;
  /** Files no longer part of the table, which readers of older versions may still need. */
  readonly removed: ReadonlyMap<string, RemoveFile>;
}

/** The part of a commit or checkpoint that concerns files. */
export type FileActions = Pick<Commit, 'adds' | 'removes'>;

/** The files after `steps` in order, the first of which may be a checkpoint. */
export function replayFiles(steps: readonly FileActions[]): TableFiles {
  const live = new Map<string, AddFile>();
  const removed = new Map<string, RemoveFile>();
  for (const { adds, removes } of steps) {
    for (const remove of removes) {
      live.delete(remove.path);
      removed.set(remove.path, remove);
    }
    for (const add of adds) {
      removed.delete(add.path);
      live.set(add.path, add);
    }
  }
  return { live, removed };
}
