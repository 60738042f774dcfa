import type { HubPartition } from '../kernel/author.ts';
import type { EpochMs } from '../kernel/time.ts';

/** One message of a hub, with the producer's bytes. */
export interface HubMessage {
  /** Contiguous within a partition and incarnation. */
  readonly sequenceNumber: number;
  readonly offset: string;
  readonly enqueuedAt: EpochMs;
  /** The AMQP `content-type` property. */
  readonly contentType: string | undefined;
  /** Application properties. A Map, because a producer chooses the keys (`__proto__`). */
  readonly properties: ReadonlyMap<string, unknown>;
  readonly body: Uint8Array;
}

/** A run of messages of one partition, ascending by sequence number. */
export interface HubBatch {
  readonly partition: HubPartition;
  readonly messages: readonly HubMessage[];
}

export interface PartitionBounds {
  /** The first sequence number that retention has not taken. */
  readonly beginSequenceNumber: number;
  /** The newest sequence number, or `beginSequenceNumber - 1` of an empty partition. */
  readonly lastSequenceNumber: number;
}

/**
 * Reads a hub outside the trigger, through a consumer group of its own and without an owner level,
 * so that it never disturbs the trigger's readers.
 * Errors: `broker.unavailable` (transient).
 */
export interface HubReader {
  /** Whether the hub still is the incarnation that the partition names; asks the hub each time. */
  isCurrent(partition: HubPartition): Promise<boolean>;
  bounds(partition: HubPartition): Promise<PartitionBounds>;
  /** The messages of `[first, last]` that the hub still holds, ascending. */
  read(partition: HubPartition, first: number, last: number): Promise<readonly HubMessage[]>;
}
