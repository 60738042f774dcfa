import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageBuffer } from '../../../../local/host/triggers/message-buffer.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), count: fc.integer({ min: 0, max: 12 }) }),
  fc.record({ kind: fc.constantFrom('full' as const, 'any' as const) }),
);

describe('gathered messages', () => {
  it('come out once, in order, in batches of the right size', () => {
    const size = fc.integer({ min: 1, max: 10 });
    fc.assert(
      fc.property(size, size, fc.array(step, { maxLength: 60 }), (minimum, maximum, steps) => {
        const buffer = new MessageBuffer<number>(minimum, maximum);
        const taken: number[] = [];
        let added = 0;
        for (const next of steps) {
          if (next.kind === 'add') {
            buffer.add(Array.from({ length: next.count }, () => added++));
            continue;
          }
          const waiting = added - taken.length;
          const batch = next.kind === 'full' ? buffer.takeFull() : buffer.takeAny();
          const isTooFew = next.kind === 'full' && waiting < Math.min(minimum, maximum);
          expect(batch).toHaveLength(isTooFew ? 0 : Math.min(waiting, maximum));
          taken.push(...batch);
        }
        while (!buffer.isEmpty) taken.push(...buffer.takeAny());
        expect(taken).toEqual(Array.from({ length: added }, (_, at) => at));
      }),
    );
  });
});
