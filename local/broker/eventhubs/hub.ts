import { AppError } from '../../../shared/kernel/app-error.ts';
import type { Clock } from '../../../shared/kernel/time.ts';
import type { HubDefinition } from './entities.ts';
import type { EventBatch, HubEvent } from './event-codec.ts';
import { partitionOfKey } from './partition-key.ts';
import { PartitionLog, type Retention } from './partition-log.ts';
import type { PartitionReader } from './partition-reader.ts';

/** A partition: its log, and who reads it in which consumer group. */
export interface Partition {
  readonly id: string;
  readonly log: PartitionLog<HubEvent>;
  /** By the lower-case name of the group. */
  readonly readers: Map<string, readonly PartitionReader[]>;
}

/** A hub with its partitions. Names of hubs and groups ignore case, as in the service. */
export class Hub {
  readonly name: string;
  readonly partitions: readonly Partition[];
  readonly #consumerGroups: ReadonlySet<string>;
  readonly #clock: Clock;
  /** Of the batches without a key. */
  #batchCount = 0;

  constructor(definition: HubDefinition, options: { clock: Clock; retention: Retention }) {
    this.name = definition.name;
    this.#clock = options.clock;
    this.partitions = Array.from({ length: definition.partitionCount }, (_, index) => ({
      id: String(index),
      log: new PartitionLog(options.retention),
      readers: new Map(),
    }));
    this.#consumerGroups = new Set(
      ['$default', ...definition.consumerGroups].map((group) => group.toLowerCase()),
    );
  }

  hasConsumerGroup(name: string): boolean {
    return this.#consumerGroups.has(name.toLowerCase());
  }

  findPartition(partitionId: string): Partition | undefined {
    return this.partitions.find((partition) => partition.id === partitionId);
  }

  /** The partition of a batch: by its key, or else one after another. */
  routeBatch(partitionKey: string | undefined): Partition {
    const count = this.partitions.length;
    const index =
      partitionKey === undefined ? this.#batchCount++ % count : partitionOfKey(partitionKey, count);
    const partition = this.partitions[index];
    if (partition !== undefined) return partition;
    throw new AppError('bug', `Hub ${this.name} has no partition ${index}`, { kind: 'permanent' });
  }

  append(partition: Partition, batch: EventBatch): void {
    const now = this.#clock.now();
    for (const event of batch.events) partition.log.append(event, now);
    for (const readers of partition.readers.values()) {
      for (const reader of readers) reader.pump();
    }
  }
}
