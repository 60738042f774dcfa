import { authorOf, type HubPartition } from '../kernel/author.ts';
import { durationMs, type DurationMs } from '../kernel/time.ts';
import type { HubBatch } from '../ports/hub.ts';
import { settleIdlePartitions, type IdleReport } from './idle.ts';
import type { IngestPorts } from './ingest-ports.ts';
import { createPartitionWork, type PartitionWork } from './partition-work.ts';
import { createTally, type ConsumeReport } from './report.ts';
import { confirmIncarnation } from './stretch.ts';
import type { Progress } from './walk.ts';

/** The one way into Bronze. */
export interface BronzeIngest {
  /**
   * Gives every item of the batch, and everything that was skipped before it, exactly one verdict,
   * and resolves when all of it has landed. Safe to call with any redelivery, by any number of
   * owners. Batches of one partition run one after the other.
   * Errors: those of the ports, `hub.recreated` and `ledger.contended`; never for content. Nothing
   * must be acknowledged then: call again.
   */
  consume(batch: HubBatch): Promise<ConsumeReport>;
  /**
   * Settles partitions that have gone idle: what was planned but never landed is landed, and what
   * the host skipped at the end of a partition is consumed. For a timer.
   */
  settleIdle(): Promise<IdleReport>;
}

export interface BronzeIngestOptions {
  /** The hubs whose partitions `settleIdle` looks after; all that the ledger knows by default. */
  readonly hubs?: readonly string[];
  /** A partition whose newest plan, or message, is younger is left to its owner. Default 5 min. */
  readonly idleAfter?: DurationMs;
  /** At most so many messages of a hole are read again at once. Default 300. */
  readonly rereadWindow?: number;
}

/** Builds the way into Bronze over its ports. */
export function createBronzeIngest(
  ports: IngestPorts,
  options: BronzeIngestOptions = {},
): BronzeIngest {
  const { idleAfter = durationMs(5 * 60_000), rereadWindow = 300, hubs } = options;
  const work = createPartitionWork(ports, rereadWindow);
  return {
    consume: (batch) => consume(ports, work, batch),
    settleIdle: () => settleIdlePartitions({ ports, work, idleAfter, rereadWindow, hubs }),
  };
}

async function consume(
  ports: IngestPorts,
  work: PartitionWork,
  { partition, messages }: HubBatch,
): Promise<ConsumeReport> {
  const until = messages.at(-1)?.sequenceNumber;
  if (until === undefined) return createTally().report();
  return await work.run(authorOf(partition), async (memory) => {
    const from = memory.recall() ?? (await openPartition(ports, partition));
    const { progress, report } = await work.walk(partition, { messages, until }, from);
    memory.remember(progress);
    return report;
  });
}

/** A new partition begins with the oldest message that the hub holds, whatever is delivered first. */
async function openPartition(
  { ledger, hub }: IngestPorts,
  partition: HubPartition,
): Promise<Progress> {
  const author = authorOf(partition);
  const existing = await ledger.head(author);
  if (existing !== undefined) return { head: existing, landed: existing.settled };
  const { beginSequenceNumber } = await hub.bounds(partition);
  await confirmIncarnation(hub, partition);
  const head = await ledger.open(author, beginSequenceNumber - 1);
  return { head, landed: head.settled };
}
