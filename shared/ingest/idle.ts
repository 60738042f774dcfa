import { AppError } from '../kernel/app-error.ts';
import { partitionOf, type Author, type HubPartition } from '../kernel/author.ts';
import { addDuration, isBefore, type DurationMs } from '../kernel/time.ts';
import type { HubMessage } from '../ports/hub.ts';
import type { Head } from '../ports/ledger.ts';
import type { PartitionWork } from './partition-work.ts';
import type { IngestPorts } from './ingest-ports.ts';
import { confirmIncarnation } from './stretch.ts';
import type { Progress } from './walk.ts';

/** What the timer found. */
export interface IdleReport {
  /** Partitions whose `settled` was moved. */
  readonly settled: number;
  /** Messages that the host had passed over and that were consumed now. */
  readonly caughtUp: number;
  /** Partitions that could not be looked after; the next run tries again. */
  readonly failed: number;
}

/** What looking after idle partitions takes. */
export interface IdleDuty {
  /** A partition whose newest plan, or message, is younger is left to its owner. */
  readonly idleAfter: DurationMs;
  readonly rereadWindow: number;
  /** The hubs to look after; undefined is all. */
  readonly hubs: readonly string[] | undefined;
  readonly ports: IngestPorts;
  readonly work: PartitionWork;
}

/** Looks after every partition that nobody has worked on for a while, one after the other. */
export async function settleIdlePartitions(idle: IdleDuty): Promise<IdleReport> {
  let [settled, caughtUp, failed] = [0, 0, 0];
  for await (const author of idle.ports.ledger.authors()) {
    try {
      const done = await settleAuthor(idle, author);
      if (done.settled) settled += 1;
      caughtUp += done.caughtUp;
    } catch (cause) {
      failed += 1;
      idle.ports.log.warn('An idle partition could not be settled', {
        author,
        code: cause instanceof AppError ? cause.code : 'bug',
        reason: cause instanceof Error ? cause.message : String(cause),
      });
    }
  }
  return { settled, caughtUp, failed };
}

interface Settled {
  readonly settled: boolean;
  readonly caughtUp: number;
}

const untouched: Settled = { settled: false, caughtUp: 0 };

function settleAuthor(idle: IdleDuty, author: Author): Promise<Settled> {
  const { ports, work, hubs } = idle;
  const partition = partitionOf(author);
  if (partition === undefined || hubs?.includes(partition.hub) === false)
    return Promise.resolve(untouched);
  return work.run(author, async (memory) => {
    const head = await ports.ledger.head(author);
    if (head === undefined || !(await isIdle(idle, author, head))) {
      const known = memory.recall();
      if (known !== undefined) memory.remember(known);
      return untouched;
    }
    const landed = Math.max(head.settled, memory.recall()?.landed ?? -1);
    const planned = await walkPlanned(idle, partition, { head, landed });
    const { progress, caughtUp } = await catchUp(idle, partition, planned);
    const moved = await settleHead(ports, author, progress);
    if (moved !== 'lost-race') memory.remember({ head: moved, landed: progress.landed });
    return { settled: progress.landed > head.settled, caughtUp };
  });
}

/** A plan of late means that somebody is at work; its owner settles by itself. */
async function isIdle(
  { ports, idleAfter }: IdleDuty,
  author: Author,
  { planned }: Head,
): Promise<boolean> {
  const newest = (await ports.ledger.plansAfter(author, planned - 1)).at(-1);
  if (newest === undefined) return true;
  return isBefore(addDuration(newest.plannedAt, idleAfter), ports.clock.now());
}

async function walkPlanned(
  { work }: IdleDuty,
  partition: HubPartition,
  from: Progress,
): Promise<Progress> {
  const until = from.head.planned;
  const { progress } = await work.walk(partition, { messages: [], until }, from);
  return progress;
}

/** Consumes what nobody delivered although it has been in the hub for a while. */
async function catchUp(
  idle: IdleDuty,
  partition: HubPartition,
  from: Progress,
): Promise<{ readonly progress: Progress; readonly caughtUp: number }> {
  const { ports, work } = idle;
  if (!(await ports.hub.isCurrent(partition))) return { progress: from, caughtUp: 0 };
  const messages = await readAged(idle, partition, from.landed + 1);
  const until = messages.at(-1)?.sequenceNumber;
  if (until === undefined) return { progress: from, caughtUp: 0 };
  const { progress } = await work.walk(partition, { messages, until }, from);
  return { progress, caughtUp: messages.length };
}

async function readAged(
  { ports, idleAfter, rereadWindow }: IdleDuty,
  partition: HubPartition,
  next: number,
): Promise<readonly HubMessage[]> {
  const bounds = await ports.hub.bounds(partition);
  const first = Math.max(next, bounds.beginSequenceNumber);
  const last = Math.min(bounds.lastSequenceNumber, first + rereadWindow - 1);
  if (first > last) return [];
  const messages = await ports.hub.read(partition, first, last);
  await confirmIncarnation(ports.hub, partition);
  const now = ports.clock.now();
  const young = messages.findIndex(
    ({ enqueuedAt }) => !isBefore(addDuration(enqueuedAt, idleAfter), now),
  );
  return young === -1 ? messages : messages.slice(0, young);
}

function settleHead(
  { ledger }: IngestPorts,
  author: Author,
  { head, landed }: Progress,
): Promise<Head | 'lost-race'> {
  return landed > head.settled ? ledger.settle(author, head, landed) : Promise.resolve(head);
}
