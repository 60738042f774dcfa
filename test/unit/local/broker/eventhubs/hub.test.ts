import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../../../shared/kernel/time.ts';
import { Hub } from '../../../../../local/broker/eventhubs/hub.ts';
import { partitionOfKey } from '../../../../../local/broker/eventhubs/partition-key.ts';
import { PartitionLog } from '../../../../../local/broker/eventhubs/partition-log.ts';

const definition = { name: 'Events', partitionCount: 3, consumerGroups: ['cg-A'] };

function openHub(): Hub {
  return new Hub(definition, { clock: { now: () => epochMs(1_750_000_000_000) }, retention: {} });
}

describe('A hub', () => {
  it('deals batches without a key in turn and those with one by its hash', () => {
    const hub = openHub();
    const turns = Array.from({ length: 4 }, () => hub.routeBatch(undefined).id);
    expect(turns).toEqual(['0', '1', '2', '0']);
    expect(hub.routeBatch('order-1').id).toBe(String(partitionOfKey('order-1', 3)));
    expect(hub.routeBatch('').id).toBe(String(partitionOfKey('', 3)));
  });

  it('has the default group and those declared, in any case', () => {
    const hub = openHub();
    const names = ['$Default', '$default', 'CG-a', 'cg-b', '__proto__'];
    expect(names.map((name) => hub.hasConsumerGroup(name))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('finds partitions by their id alone', () => {
    const hub = openHub();
    expect(hub.findPartition('2')?.id).toBe('2');
    expect(['3', '-1', '02', ' 2', 'length'].map((id) => hub.findPartition(id))).toEqual(
      Array(5).fill(undefined),
    );
  });
});

describe('The log of a partition', () => {
  it('keeps its order when the clock steps back', () => {
    const log = new PartitionLog({});
    const event = { sizeBytes: 10, place: () => 'event' };
    const times = [5000, 4000, 6000].map((time) => log.append(event, epochMs(time)).enqueuedAt);
    expect(times).toEqual([5000, 5000, 6000]);
  });

  it('has offsets that are no sequence numbers', () => {
    const log = new PartitionLog({});
    const offsets = [10, 20, 30].map(
      (sizeBytes) => log.append({ sizeBytes, place: () => 'event' }, epochMs(0)).offset,
    );
    expect(offsets).toEqual([0, 10, 30]);
  });
});
