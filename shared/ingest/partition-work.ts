import { authorOf, type Author, type HubPartition } from '../kernel/author.ts';
import type { HubMessage } from '../ports/hub.ts';
import type { IngestPorts } from './ingest-ports.ts';
import { createPartitionLanes } from './partition-lanes.ts';
import { createTally, type ConsumeReport } from './report.ts';
import { walkPartition, type Progress } from './walk.ts';

/** What one owner remembers of a partition between batches. */
interface ProgressMemory {
  recall(): Progress | undefined;
  remember(progress: Progress): void;
}

/** Messages at hand, and how far to go with them; what lies between is read from the hub. */
interface Delivery {
  readonly messages: readonly HubMessage[];
  readonly until: number;
}

/** The work of one process on partitions: one task at a time for each, and what it remembers. */
export interface PartitionWork {
  /** Runs a task while no other works on the partition. What a task does not remember is forgotten. */
  run<Result>(author: Author, task: (memory: ProgressMemory) => Promise<Result>): Promise<Result>;
  /** Plans and lands up to `until`. Errors: as `walkPartition`. */
  walk(
    partition: HubPartition,
    delivery: Delivery,
    from: Progress,
  ): Promise<{ readonly progress: Progress; readonly report: ConsumeReport }>;
}

/** Builds the work of one process; `rereadWindow` limits the messages of a hole read at once. */
export function createPartitionWork(ports: IngestPorts, rereadWindow: number): PartitionWork {
  const lanes = createPartitionLanes();
  const known = new Map<Author, Progress>();
  return {
    run: (author, task) =>
      lanes.run(author, async () => {
        // Forgotten first: only a task that ends well knows how far the partition is.
        const before = known.get(author);
        known.delete(author);
        return await task({
          recall: () => before,
          remember: (progress) => known.set(author, progress),
        });
      }),
    walk: async (partition, { messages, until }, from) => {
      const tally = createTally();
      const delivered = new Map(messages.map((message) => [message.sequenceNumber, message]));
      const author = authorOf(partition);
      const walk = { author, partition, delivered, until, rereadWindow, tally };
      return { progress: await walkPartition(ports, walk, from), report: tally.report() };
    },
  };
}
