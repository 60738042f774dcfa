import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
// The client library's own copy of the service's algorithm: it exports no way to it.
import { mapPartitionKeyToId } from '../../../../../node_modules/@azure/event-hubs/dist/esm/impl/partitionKeyToIdMapper.js';
import { partitionOfKey } from '../../../../../local/broker/eventhubs/partition-key.ts';

describe('The partition of a key', () => {
  it('is the one that the client library computes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 80 }),
        fc.integer({ min: 1, max: 32 }),
        (key, partitionCount) => {
          expect(partitionOfKey(key, partitionCount)).toBe(
            mapPartitionKeyToId(key, partitionCount),
          );
        },
      ),
      { numRuns: 1000 },
    );
  });
});
