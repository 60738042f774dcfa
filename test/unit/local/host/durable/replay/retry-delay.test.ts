import { describe, expect, it } from 'vitest';
import { durationMs } from '../../../../../../shared/kernel/time.ts';
import { delayAfter } from '../../../../../../local/host/durable/replay/retry-delay.ts';

const options = {
  ...{ firstInterval: durationMs(100), maxAttempts: 5, backoffCoefficient: 2 },
  ...{ maxInterval: durationMs(350), timeout: durationMs(10_000) },
};

describe('the pause between attempts', () => {
  it('grows up to its maximum, and has no length after the last attempt', () => {
    const delays = [1, 2, 3, 4, 5].map((attempt) => delayAfter(options, attempt, durationMs(0)));
    expect(delays).toEqual([100, 200, 350, 350, 0]);
  });

  it('does not come when the time is over', () => {
    expect(delayAfter(options, 1, durationMs(10_000))).toBeUndefined();
  });
});
