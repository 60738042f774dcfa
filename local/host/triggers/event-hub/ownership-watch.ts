import type { CheckpointStore } from '@azure/event-hubs';

type Ownership = Awaited<ReturnType<CheckpointStore['listOwnership']>>[number];
type Checkpoint = Parameters<CheckpointStore['updateCheckpoint']>[0];

export interface OwnershipWatchOptions {
  readonly store: CheckpointStore;
  /** The id under which this host owns partitions. */
  readonly ownerId: string;
  /** Told once when a partition turns out to belong to another host. */
  readonly onLost: (partitionId: string) => void;
}

/**
 * A checkpoint store that notices the loss of a partition. The SDK lists owners at each balancing,
 * but does not tell a handler that is busy with a batch; the real host cancels it.
 */
export class OwnershipWatch implements CheckpointStore {
  readonly #options: OwnershipWatchOptions;
  readonly #owned = new Set<string>();

  constructor(options: OwnershipWatchOptions) {
    this.#options = options;
  }

  async listOwnership(...args: Parameters<CheckpointStore['listOwnership']>): Promise<Ownership[]> {
    const found = await this.#options.store.listOwnership(...args);
    for (const { partitionId, ownerId } of found) {
      const isLost = ownerId !== this.#options.ownerId && this.#owned.delete(partitionId);
      if (isLost) this.#options.onLost(partitionId);
    }
    return found;
  }

  async claimOwnership(
    ...args: Parameters<CheckpointStore['claimOwnership']>
  ): Promise<Ownership[]> {
    const claimed = await this.#options.store.claimOwnership(...args);
    for (const { partitionId, ownerId } of claimed) {
      if (ownerId === this.#options.ownerId) this.#owned.add(partitionId);
      else this.#owned.delete(partitionId);
    }
    return claimed;
  }

  async updateCheckpoint(...args: Parameters<CheckpointStore['updateCheckpoint']>): Promise<void> {
    await this.#options.store.updateCheckpoint(...args);
  }

  async listCheckpoints(
    ...args: Parameters<CheckpointStore['listCheckpoints']>
  ): Promise<Checkpoint[]> {
    return this.#options.store.listCheckpoints(...args);
  }
}
