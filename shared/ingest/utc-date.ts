import type { EpochMicros, EpochMs } from '../kernel/time.ts';

const firstYear = Date.parse('0001-01-01T00:00:00Z');
const endOfYears = Date.parse('+010000-01-01T00:00:00Z');

/** `yyyy-MM-dd`. */
export function utcDate(instant: EpochMs): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** `yyyy-MM-dd`, or undefined outside the years 1 to 9999, which a Delta date cannot spell. */
export function utcDateOfMicros(instant: EpochMicros | null): string | undefined {
  if (instant === null) return undefined;
  // Rounded down, so that an instant before 1970 stays on its day.
  const milliseconds = Number((instant - (((instant % 1000n) + 1000n) % 1000n)) / 1000n);
  if (milliseconds < firstYear || milliseconds >= endOfYears) return undefined;
  return new Date(milliseconds).toISOString().slice(0, 10);
}
