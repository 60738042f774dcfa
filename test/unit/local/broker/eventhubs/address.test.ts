import { describe, expect, it } from 'vitest';
import {
  parsePublishAddress,
  parseReadAddress,
} from '../../../../../local/broker/eventhubs/address.ts';

describe('Addresses of Event Hubs', () => {
  it('name a hub or a partition to publish to', () => {
    expect(parsePublishAddress('events')).toEqual({ hub: 'events', partitionId: undefined });
    expect(parsePublishAddress('events/PARTITIONS/3')).toEqual({ hub: 'events', partitionId: '3' });
  });

  it('name a partition in a group to read from', () => {
    expect(parseReadAddress('events/ConsumerGroups/$Default/Partitions/0')).toEqual({
      hub: 'events',
      consumerGroup: '$Default',
      partitionId: '0',
    });
  });

  it.each(['', '/', 'events/', 'events/Publishers/x', 'events/Partitions/', 'a/b/c/d/e', 'a/../b'])(
    'name nothing: %s',
    (address) => {
      expect(parsePublishAddress(address)).toBeUndefined();
      expect(parseReadAddress(address)).toBeUndefined();
    },
  );
});
