import { durationMs, type DurationMs } from '../../../../shared/kernel/time.ts';
import type { RetryOptions } from './action.ts';

/**
 * The pause after a failed attempt; undefined when the time for retries is over. After the last
 * attempt there is still a pause, of no length: the SDK waits for its timer.
 *
 * Source: DurableTask.Core, RetryInterceptor.
 *
 * @param attempt the number of the failed attempt, from 1
 * @param elapsed time since the first attempt was scheduled
 */
export function delayAfter(
  retry: RetryOptions,
  attempt: number,
  elapsed: DurationMs,
): DurationMs | undefined {
  if (retry.timeout !== undefined && elapsed >= retry.timeout) return undefined;
  if (attempt >= retry.maxAttempts) return durationMs(0);
  const delay = retry.firstInterval * retry.backoffCoefficient ** (attempt - 1);
  return durationMs(Math.min(delay, retry.maxInterval ?? Number.MAX_SAFE_INTEGER));
}
