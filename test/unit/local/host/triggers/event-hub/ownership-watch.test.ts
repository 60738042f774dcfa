import type { CheckpointStore } from '@azure/event-hubs';
import { describe, expect, it } from 'vitest';
import { OwnershipWatch } from '../../../../../../local/host/triggers/event-hub/ownership-watch.ts';

type Ownership = Awaited<ReturnType<CheckpointStore['listOwnership']>>[number];

const ownership = (partitionId: string, ownerId: string): Ownership => ({
  partitionId,
  ownerId,
  fullyQualifiedNamespace: 'n',
  eventHubName: 'h',
  consumerGroup: 'g',
});

function open() {
  const lost: string[] = [];
  let owners: Ownership[] = [];
  const store: CheckpointStore = {
    listOwnership: () => Promise.resolve(owners),
    claimOwnership: (claims) => Promise.resolve(claims),
    updateCheckpoint: () => Promise.resolve(),
    listCheckpoints: () => Promise.resolve([]),
  };
  const watch = new OwnershipWatch({ store, ownerId: 'me', onLost: (id) => lost.push(id) });
  return {
    watch,
    lost,
    list: async (...now: Ownership[]) => {
      owners = now;
      await watch.listOwnership('n', 'h', 'g');
    },
  };
}

describe('the watch over ownership', () => {
  it("tells once when a claimed partition is another host's", async () => {
    const { watch, lost, list } = open();
    await watch.claimOwnership([ownership('0', 'me'), ownership('1', 'me')]);
    await list(ownership('0', 'me'), ownership('1', 'other'));
    await list(ownership('0', 'me'), ownership('1', 'other'));
    expect(lost).toEqual(['1']);
  });

  it('says nothing of partitions that were never owned, or were given up', async () => {
    const { watch, lost, list } = open();
    await watch.claimOwnership([ownership('0', 'me')]);
    await watch.claimOwnership([ownership('0', '')]);
    await list(ownership('0', 'other'), ownership('1', 'other'));
    expect(lost).toEqual([]);
  });
});
