import type { Author } from '../kernel/author.ts';

/** Runs tasks of one author one after the other, those of different authors side by side. */
export interface PartitionLanes {
  run<Result>(author: Author, task: () => Promise<Result>): Promise<Result>;
}

export function createPartitionLanes(): PartitionLanes {
  const tails = new Map<Author, Promise<unknown>>();
  return {
    run: async (author, task) => {
      const before = tails.get(author) ?? Promise.resolve();
      // A failed task fails its own caller, not the next in the lane.
      const mine = before.then(task, task);
      tails.set(author, mine);
      try {
        return await mine;
      } finally {
        if (tails.get(author) === mine) tails.delete(author);
      }
    },
  };
}
