import { durationMs, type DurationMs } from '../../../shared/kernel/time.ts';

const pattern = /^(?:(\d{1,8})\.)?([01]?\d|2[0-3]):([0-5]?\d)(?::([0-5]?\d(?:\.\d{1,7})?))?$/;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Parses a .NET TimeSpan (`hh:mm`, `hh:mm:ss`, `d.hh:mm:ss.fffffff`); undefined if it is none. */
export function parseTimeSpan(text: string): DurationMs | undefined {
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const units = [24 * hourMs, hourMs, minuteMs, 1000];
  const amounts = units.map((unit, index) => Number(match[index + 1] ?? 0) * unit);
  return durationMs(amounts.reduce((total, amount) => total + amount));
}
