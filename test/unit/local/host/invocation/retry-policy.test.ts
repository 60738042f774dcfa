import { describe, expect, it } from 'vitest';
import { nextDelay, parseRetryPolicy } from '../../../../../local/host/invocation/retry-policy.ts';
import type { RetryPolicy } from '../../../../../local/host/invocation/retry-policy.ts';
import { durationMs } from '../../../../../shared/kernel/time.ts';

describe('parseRetryPolicy', () => {
  it('reads both strategies, in seconds', () => {
    expect(
      parseRetryPolicy({
        retryStrategy: 'fixedDelay',
        maxRetryCount: -1,
        delayInterval: { seconds: 3 },
      }),
    ).toEqual({ strategy: 'fixedDelay', maxRetryCount: -1, delay: 3000 });
    expect(
      parseRetryPolicy({
        retryStrategy: 'exponentialBackoff',
        maxRetryCount: 4,
        minimumInterval: { seconds: 2 },
        maximumInterval: { seconds: 120 },
      }),
    ).toEqual({
      strategy: 'exponentialBackoff',
      maxRetryCount: 4,
      minimum: 2000,
      maximum: 120_000,
    });
  });

  it.each([
    [{ retryStrategy: 'fixedDelay', maxRetryCount: -2 }, 'maxRetryCount'],
    [{ retryStrategy: 'fixedDelay' }, 'maxRetryCount'],
    [{ retryStrategy: 'fixedDelay', maxRetryCount: 1 }, 'delayInterval is missing'],
    [{ retryStrategy: 'later', maxRetryCount: 1 }, 'neither fixedDelay nor'],
    [
      {
        retryStrategy: 'exponentialBackoff',
        maxRetryCount: 1,
        minimumInterval: { seconds: 9 },
        maximumInterval: { seconds: 2 },
      },
      'not above the maximum',
    ],
  ])('says what is wrong with %j', (options, problem) => {
    expect(parseRetryPolicy(options)).toContain(problem);
  });
});

describe('nextDelay', () => {
  const exponential: RetryPolicy = {
    strategy: 'exponentialBackoff',
    maxRetryCount: -1,
    minimum: durationMs(2000),
    maximum: durationMs(20_000),
  };

  it('doubles from the minimum to the maximum, for ever', () => {
    const delays = [1, 2, 3, 4, 5, 6, 1000].map((failures) =>
      nextDelay(exponential, failures, 0.5),
    );
    expect(delays).toEqual([2000, 4000, 6000, 10_000, 18_000, 20_000, 20_000]);
  });

  it('varies by a fifth', () => {
    expect([0, 1].map((random) => nextDelay(exponential, 3, random))).toEqual([5200, 6800]);
  });

  it('ends with the last retry', () => {
    const fixed: RetryPolicy = { strategy: 'fixedDelay', maxRetryCount: 2, delay: durationMs(5) };
    expect([1, 2, 3].map((failures) => nextDelay(fixed, failures, 0))).toEqual([5, 5, undefined]);
    expect(nextDelay({ ...fixed, maxRetryCount: 0 }, 1, 0)).toBeUndefined();
  });
});
