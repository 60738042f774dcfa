import { durationMs, type DurationMs } from '../kernel/time.ts';
import type { Failure } from './failure.ts';

/** How often a message is tried again before it is dead. */
export interface RetryPolicy {
  /** Immediate retries of each round. */
  readonly immediate: number;
  /** How long each delayed round waits; there are as many as this is long. */
  readonly delays: readonly DurationMs[];
  /** A delay becomes longer by up to this share of it, and never shorter. */
  readonly jitter: number;
}

/** What has been tried. */
export interface Attempts {
  /** Attempts of this round, the failed one included. */
  readonly inRound: number;
  /** Delayed rounds that were begun. */
  readonly rounds: number;
}

export type Recovery =
  | { readonly action: 'retry-now' }
  | { readonly action: 'retry-later'; readonly delay: DurationMs }
  | { readonly action: 'give-up' };

/**
 * What becomes of a message whose handling failed. Pure: `random`, from 0 up to and not including 1,
 * spreads the delays. A message is tried (immediate + 1) x (delays + 1) times at most, and once when
 * the failure is permanent.
 */
export function decideRecovery(
  { immediate, delays, jitter }: RetryPolicy,
  { kind }: Pick<Failure, 'kind'>,
  { inRound, rounds, random }: Attempts & { readonly random: number },
): Recovery {
  if (kind === 'permanent') return { action: 'give-up' };
  if (inRound <= immediate) return { action: 'retry-now' };
  const delay = delays[rounds];
  if (delay === undefined) return { action: 'give-up' };
  return { action: 'retry-later', delay: durationMs(Math.round(delay * (1 + jitter * random))) };
}
