import { durationMs, type DurationMs } from '../../../shared/kernel/time.ts';

const grammar =
  /^P(?!$)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?!$)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Milliseconds in each part, in the order of the grammar; a year has 365 days, a month 30. */
const units = [365 * day, 30 * day, day, hour, minute, second];

/** An ISO 8601 duration such as `PT1M` or `P1DT0.5S`; `undefined` if the text is none. */
export function parseIsoDuration(text: string): DurationMs | undefined {
  const parts = grammar.exec(text)?.slice(1);
  if (parts === undefined) return undefined;
  const total = units.reduce((sum, unit, index) => sum + unit * Number(parts[index] ?? 0), 0);
  return durationMs(Math.round(total));
}
