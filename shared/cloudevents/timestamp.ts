import { epochMicros } from '../kernel/time.ts';
import type { EpochMicros } from '../kernel/time.ts';

export interface Timestamp {
  readonly instant: EpochMicros;
  readonly isUtc: boolean;
}

const pattern = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;
/** Where a fraction or the offset begins: what is before it stands at fixed places. */
const wholeLength = 19;

/**
 * The instant of an RFC 3339 timestamp, digits beyond microseconds cut off, or undefined when the
 * text is none. A leap second is the last microsecond of its minute: it stays on its day and in
 * its order. Year 0000 is refused, because readers of Bronze do not agree on it.
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  if (!pattern.test(text)) return undefined;
  const date = daysSinceEpoch(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
  const minutes = minutesOfDay(text, 11);
  const second = digits(text, 17, wholeLength);
  const offset = offsetMinutes(text);
  if (date === undefined || minutes === undefined || offset === undefined) return undefined;
  const wholeMinutes = date * 1_440 + minutes - offset;
  if (!isAllowed(wholeMinutes, second)) return undefined;
  const micros = BigInt(microsOfMinute(text, second));
  return {
    instant: epochMicros(BigInt(wholeMinutes) * 60_000_000n + micros),
    isUtc: offset === 0,
  };
}

/** The number that the digits from `start` up to `end` spell. */
function digits(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 10 + text.charCodeAt(at) - 0x30;
  return value;
}

const firstMinute = -1_035_593_280;
const lastMinute = 4_223_371_679;

/** Years 0001 to 9999 in UTC; a leap second only where UTC may have one, at the end of a day. */
function isAllowed(wholeMinutes: number, second: number): boolean {
  const isInRange = wholeMinutes >= firstMinute && wholeMinutes <= lastMinute;
  return isInRange && (second < 60 || (second === 60 && (wholeMinutes + 1) % 1_440 === 0));
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysSinceEpoch(year: number, month: number, day: number): number | undefined {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = month === 2 && isLeap ? 29 : (monthLengths[month - 1] ?? 0);
  if (day < 1 || day > length) return undefined;
  // `Date.UTC` takes years below 100 for the twentieth century; 400 years are 146,097 days.
  return Date.UTC(year + 400, month - 1, day) / 86_400_000 - 146_097;
}

function offsetMinutes(text: string): number | undefined {
  const last = text.at(-1);
  if (last === 'Z' || last === 'z') return 0;
  const minutes = minutesOfDay(text, text.length - 5);
  return minutes === undefined || text.at(-6) === '+' ? minutes : 0 - minutes;
}

/** Of the `hh:mm` at `start`. */
function minutesOfDay(text: string, start: number): number | undefined {
  const hour = digits(text, start, start + 2);
  const minute = digits(text, start + 3, start + 5);
  return hour > 23 || minute > 59 ? undefined : hour * 60 + minute;
}

function microsOfMinute(text: string, second: number): number {
  if (second === 60) return 59_999_999;
  let micros = second;
  let at = wholeLength + (text[wholeLength] === '.' ? 1 : 0);
  for (let place = 0; place < 6; place += 1) {
    const code = text.charCodeAt(at);
    const isDigit = code >= 0x30 && code <= 0x39;
    micros = micros * 10 + (isDigit ? code - 0x30 : 0);
    if (isDigit) at += 1;
  }
  return micros;
}
