import type { HubPartition } from '../../../shared/kernel/author.ts';
import { epochMs, type EpochMs } from '../../../shared/kernel/time.ts';
import type { HubBatch, HubMessage, HubReader } from '../../../shared/ports/hub.ts';

interface MemoryPartition {
  readonly messages: HubMessage[];
  /** The first sequence number that retention has not taken. */
  begin: number;
}

interface SentMessage {
  readonly body: Uint8Array | string;
  readonly contentType?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly enqueuedAt?: EpochMs;
}

/** A hub in memory that can lose messages to retention and be re-created. */
export interface MemoryHub extends HubReader {
  partition(partitionId: string): HubPartition;
  send(partitionId: string, message: SentMessage): HubMessage;
  /** The messages `[first, last]` as a trigger would deliver them. */
  batch(partitionId: string, first: number, last?: number): HubBatch;
  /** The first sequence number that retention has not taken. */
  firstKept(partitionId: string): number;
  /** Takes everything before the sequence number. */
  retain(partitionId: string, begin: number): void;
  /** Deletes the hub and creates it anew: empty, numbered from 0. */
  recreate(): void;
  /** Everything that was ever sent to this incarnation. */
  sent(partitionId: string): readonly HubMessage[];
}

export function createMemoryHub(hub = 'events'): MemoryHub {
  const createdAt = Date.UTC(2026, 10, 21);
  let incarnations = 0;
  let partitions = new Map<string, MemoryPartition>();
  const find = (partitionId: string): MemoryPartition => {
    const partition = partitions.get(partitionId) ?? { messages: [], begin: 0 };
    partitions.set(partitionId, partition);
    return partition;
  };
  const read = (partitionId: string, first: number, last: number): HubMessage[] => {
    const { messages, begin } = find(partitionId);
    return messages.slice(Math.max(begin, first), last + 1);
  };
  const incarnation = (): string => new Date(createdAt + incarnations * 60_000).toISOString();
  const describe = (partitionId: string): HubPartition => ({
    namespace: 'ns.servicebus.windows.net',
    hub,
    incarnation: incarnation(),
    consumerGroup: 'cg-data-bronze',
    partitionId,
  });
  return {
    partition: describe,
    send: (partitionId, sent) => {
      const { messages } = find(partitionId);
      const message: HubMessage = {
        sequenceNumber: messages.length,
        offset: String(messages.length * 100),
        enqueuedAt: sent.enqueuedAt ?? epochMs(createdAt),
        contentType: sent.contentType,
        properties: new Map(Object.entries(sent.properties ?? {})),
        body: typeof sent.body === 'string' ? Buffer.from(sent.body) : sent.body,
      };
      messages.push(message);
      return message;
    },
    batch: (partitionId, first, last = Number.POSITIVE_INFINITY) => ({
      partition: describe(partitionId),
      messages: find(partitionId).messages.slice(first, last + 1),
    }),
    firstKept: (partitionId) => find(partitionId).begin,
    retain: (partitionId, begin) => void (find(partitionId).begin = begin),
    recreate: () => {
      incarnations += 1;
      partitions = new Map();
    },
    sent: (partitionId) => find(partitionId).messages,
    isCurrent: (partition) => Promise.resolve(partition.incarnation === incarnation()),
    bounds: ({ partitionId }) => {
      const { messages, begin } = find(partitionId);
      const lastSequenceNumber = Math.max(messages.length, begin) - 1;
      return Promise.resolve({ beginSequenceNumber: begin, lastSequenceNumber });
    },
    read: ({ partitionId }, first, last) => Promise.resolve(read(partitionId, first, last)),
  };
}
