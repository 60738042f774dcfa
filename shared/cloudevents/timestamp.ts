import { epochMicros } from '../kernel/time.ts';
import type { EpochMicros } from '../kernel/time.ts';

export interface Timestamp {
  readonly instant: EpochMicros;
  readonly isUtc: boolean;
}

const pattern =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * The instant of an RFC 3339 timestamp, digits beyond microseconds cut off, or undefined when the
 * text is none. A leap second is the last microsecond of its minute: it stays on its day and in
 * its order. Year 0000 is refused, because readers of Bronze do not agree on it.
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute] =
    match;
  const date = daysSinceEpoch(Number(year), Number(month), Number(day));
  const offset = offsetMinutes(sign, Number(offsetHour), Number(offsetMinute));
  const minutes = minutesOfDay(Number(hour), Number(minute));
  const micros = microsOfMinute(Number(second), fraction);
  if (date === undefined || offset === undefined || minutes === undefined) return undefined;
  const wholeMinutes = date * 1_440 + minutes - offset;
  if (micros === undefined || !isAllowed(wholeMinutes, Number(second))) return undefined;
  return {
    instant: epochMicros(BigInt(wholeMinutes) * 60_000_000n + BigInt(micros)),
    isUtc: offset === 0,
  };
}

const firstMinute = -1_035_593_280;
const lastMinute = 4_223_371_679;

/** Years 0001 to 9999 in UTC; a leap second only where UTC may have one, at the end of a day. */
function isAllowed(wholeMinutes: number, second: number): boolean {
  const isInRange = wholeMinutes >= firstMinute && wholeMinutes <= lastMinute;
  return isInRange && (second < 60 || (wholeMinutes + 1) % 1_440 === 0);
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysSinceEpoch(year: number, month: number, day: number): number | undefined {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = month === 2 && isLeap ? 29 : (monthLengths[month - 1] ?? 0);
  if (day < 1 || day > length) return undefined;
  // `Date.UTC` takes years below 100 for the twentieth century; 400 years are 146,097 days.
  return Date.UTC(year + 400, month - 1, day) / 86_400_000 - 146_097;
}

function offsetMinutes(sign: string | undefined, hour: number, minute: number): number | undefined {
  if (sign === undefined) return 0;
  const minutes = minutesOfDay(hour, minute);
  return minutes === undefined || sign === '+' ? minutes : 0 - minutes;
}

function minutesOfDay(hour: number, minute: number): number | undefined {
  return hour > 23 || minute > 59 ? undefined : hour * 60 + minute;
}

function microsOfMinute(second: number, fraction = ''): number | undefined {
  if (second > 60) return undefined;
  if (second === 60) return 59_999_999;
  return second * 1_000_000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}
