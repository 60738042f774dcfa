import type { Brand } from './brand.ts';

/** An instant in milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = Brand<number, 'EpochMs'>;

/** An instant in microseconds since 1970-01-01T00:00:00Z, the precision of Delta timestamps. */
export type EpochMicros = Brand<bigint, 'EpochMicros'>;

/** A length of time in milliseconds. */
export type DurationMs = Brand<number, 'DurationMs'>;

/** The only source of the current time: adapters are given one, they never read the wall clock. */
export interface Clock {
  now(): EpochMs;
}

export const systemClock: Clock = { now: () => Date.now() as EpochMs };

export function epochMs(value: number): EpochMs {
  return value as EpochMs;
}

export function epochMicros(value: bigint): EpochMicros {
  return value as EpochMicros;
}

export function durationMs(value: number): DurationMs {
  return value as DurationMs;
}

export function toMicros(instant: EpochMs): EpochMicros {
  return (BigInt(Math.trunc(instant)) * 1000n) as EpochMicros;
}

export function addDuration(instant: EpochMs, duration: DurationMs): EpochMs {
  return (instant + duration) as EpochMs;
}

export function isBefore(left: EpochMs, right: EpochMs): boolean {
  return left < right;
}

/** Pauses the caller; a test's implementation moves its clock instead. */
export type Wait = (duration: DurationMs) => Promise<void>;
