import type { EpochMicros, EpochMs } from '../kernel/time.ts';

const dayMs = 86_400_000;
const dayMicros = 86_400_000_000n;
const firstDay = Date.parse('0001-01-01T00:00:00Z') / dayMs;
const lastDay = Date.parse('9999-12-31T00:00:00Z') / dayMs;

/** `yyyy-MM-dd`. */
export function utcDate(instant: EpochMs): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** `yyyy-MM-dd`, or undefined outside the years 1 to 9999, which a Delta date cannot spell. */
export function utcDateOfMicros(instant: EpochMicros | null): string | undefined {
  if (instant === null) return undefined;
  // Rounded down, so that an instant before 1970 stays on its day.
  const day = Number((instant - (instant < 0n ? dayMicros - 1n : 0n)) / dayMicros);
  if (day < firstDay || day > lastDay) return undefined;
  // Neighbours mostly share their day, and to spell a date costs more than all the rest.
  if (day !== spelled.day)
    spelled = { day, date: new Date(day * dayMs).toISOString().slice(0, 10) };
  return spelled.date;
}

/** The day that was asked for last, counted from 1970. */
let spelled = { day: 0, date: '1970-01-01' };
