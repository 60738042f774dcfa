import { durationMs, type DurationMs } from '../../../shared/kernel/time.ts';
import type { RetryOptions } from '../core/contract.ts';

/** How often and how soon a failed invocation is repeated. */
export type RetryPolicy =
  | {
      readonly strategy: 'fixedDelay';
      /** -1: for ever. */
      readonly maxRetryCount: number;
      readonly delay: DurationMs;
    }
  | {
      readonly strategy: 'exponentialBackoff';
      readonly maxRetryCount: number;
      readonly minimum: DurationMs;
      readonly maximum: DurationMs;
    };

/** The policy of a registration; a text says what is wrong with it. */
export function parseRetryPolicy(options: RetryOptions): RetryPolicy | string {
  const { retryStrategy: strategy, maxRetryCount = Number.NaN } = options;
  if (!Number.isInteger(maxRetryCount) || maxRetryCount < -1) {
    return 'maxRetryCount must be a whole number of at least -1';
  }
  if (strategy === 'fixedDelay') return parseFixedDelay(options, maxRetryCount);
  if (strategy === 'exponentialBackoff') return parseExponential(options, maxRetryCount);
  return `the strategy ${JSON.stringify(strategy)} is neither fixedDelay nor exponentialBackoff`;
}

function parseFixedDelay(
  { delayInterval }: RetryOptions,
  maxRetryCount: number,
): RetryPolicy | string {
  const delay = delayInterval?.seconds;
  if (delay === undefined) return 'delayInterval is missing';
  return { strategy: 'fixedDelay', maxRetryCount, delay: seconds(delay) };
}

function parseExponential(
  { minimumInterval, maximumInterval }: RetryOptions,
  maxRetryCount: number,
): RetryPolicy | string {
  const minimum = minimumInterval?.seconds;
  const maximum = maximumInterval?.seconds;
  if (minimum === undefined || maximum === undefined || minimum > maximum) {
    return 'minimumInterval and maximumInterval are both needed, the minimum not above the maximum';
  }
  const [shortest, longest] = [seconds(minimum), seconds(maximum)];
  return { strategy: 'exponentialBackoff', maxRetryCount, minimum: shortest, maximum: longest };
}

/**
 * The pause before the next attempt; undefined when the policy is exhausted. Pure.
 *
 * Exponential: the minimum, then the minimum plus 1, 2, 4 ... times the minimum, each varied by a
 * fifth, up to the maximum.
 * Source: azure-webjobs-sdk, RandomizedExponentialBackoffStrategy and FunctionExecutorExtensions.
 *
 * @param failures attempts that have failed so far, at least 1
 * @param random a number from 0 to 1
 */
export function nextDelay(
  policy: RetryPolicy,
  failures: number,
  random: number,
): DurationMs | undefined {
  if (policy.maxRetryCount !== -1 && failures > policy.maxRetryCount) return undefined;
  if (policy.strategy === 'fixedDelay') return policy.delay;
  const { minimum, maximum } = policy;
  const growth = failures === 1 ? 0 : (0.8 + 0.4 * random) * 2 ** (failures - 2) * minimum;
  return durationMs(Math.min(minimum + Math.round(growth), maximum));
}

function seconds(count: number): DurationMs {
  return durationMs(count * 1000);
}
