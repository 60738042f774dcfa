import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextDelay } from '../../../../local/host/invocation/retry-policy.ts';
import { durationMs } from '../../../../shared/kernel/time.ts';

const interval = fc.integer({ min: 0, max: 3_600_000 });
const random = fc.double({ min: 0, max: 1, noNaN: true });

describe('retry delays', () => {
  it('stay within the policy and never shrink by more than the variation', () => {
    const cases = fc.record({
      bounds: fc.tuple(interval, interval),
      failures: fc.integer({ min: 1, max: 1000 }),
      r: random,
    });
    fc.assert(
      fc.property(cases, ({ bounds, failures, r }) => {
        const [minimum, maximum] = [
          durationMs(Math.min(...bounds)),
          durationMs(Math.max(...bounds)),
        ];
        const limits = { maxRetryCount: -1, minimum, maximum };
        const policy = { strategy: 'exponentialBackoff', ...limits } as const;
        const delay = nextDelay(policy, failures, r) ?? -1;
        expect(delay).toBeGreaterThanOrEqual(minimum);
        expect(delay).toBeLessThanOrEqual(maximum);
        // Each step doubles the growth, which outweighs a fifth up and a fifth down.
        const greatest = nextDelay(policy, failures, 1) ?? 0;
        expect(nextDelay(policy, failures + 1, 0)).toBeGreaterThanOrEqual(greatest);
      }),
    );
  });

  it('are as many as the policy says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), random, (maxRetryCount, r) => {
        const policy = { strategy: 'fixedDelay', maxRetryCount, delay: durationMs(1) } as const;
        let retries = 0;
        while (nextDelay(policy, retries + 1, r) !== undefined) retries += 1;
        expect(retries).toBe(maxRetryCount);
      }),
    );
  });
});
