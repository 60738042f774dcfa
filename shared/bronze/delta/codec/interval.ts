import { durationMs, type DurationMs } from '../../../kernel/time.ts';

const unitMs: Readonly<Record<string, number>> = {
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1_000,
  millisecond: 1,
};

/** Reads a table property such as `interval 30 days`; undefined for what it cannot read. */
export function parseInterval(text: string): DurationMs | undefined {
  const match = /^(?:interval\s+)?(\d{1,9})\s+([a-z]+?)s?$/i.exec(text.trim());
  const unit = match?.[2]?.toLowerCase() ?? '';
  const ms = Object.hasOwn(unitMs, unit) ? unitMs[unit] : undefined;
  return ms === undefined ? undefined : durationMs(Number(match?.[1]) * ms);
}
