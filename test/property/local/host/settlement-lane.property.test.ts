import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  SettlementLane,
  type Settlement,
} from '../../../../local/host/triggers/service-bus/settlement-lane.ts';

describe('settlements of one receiver', () => {
  it('all happen, and never two outcomes at the same time, in any order of answers', async () => {
    const outcome = fc.constantFrom<Settlement>('complete', 'abandon');
    await fc.assert(
      fc.asyncProperty(
        fc.array(outcome, { maxLength: 20 }),
        fc.scheduler(),
        async (outcomes, s) => {
          const lane = new SettlementLane();
          const pending: Settlement[] = [];
          const settled = outcomes.map((each) =>
            lane.settle(each, async () => {
              pending.push(each);
              expect(new Set(pending).size).toBe(1);
              await s.schedule(Promise.resolve());
              pending.splice(pending.indexOf(each), 1);
            }),
          );
          await s.waitFor(Promise.all(settled));
          expect(pending).toEqual([]);
        },
      ),
    );
  });
});
