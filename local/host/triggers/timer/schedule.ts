import { CronExpressionParser } from 'cron-parser';
import type { Result } from '../../../../shared/kernel/result.ts';
import { fail, succeed } from '../../../../shared/kernel/result.ts';
import { epochMs, type EpochMs } from '../../../../shared/kernel/time.ts';
import { errorText } from '../../settings/host-problem.ts';
import { parseTimeSpan } from '../../settings/time-span.ts';

/** When a timer is due. */
export interface Schedule {
  /** The first occurrence after an instant. */
  next(after: EpochMs): EpochMs;
}

/** NCRONTAB has no `L`, `W`, `#`, `?` or `H`; names are for months and days only. */
const plainField = /^[\d*,/-]+$/;
const namedField = /^(?:[\d*,/-]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)+$/i;
const dayField = /^(?:[0-6*,/-]|sun|mon|tue|wed|thu|fri|sat)+$/i;
const fieldPatterns = [plainField, plainField, plainField, plainField, namedField, dayField];

/** Days that may be passed over in the search for one that fits both day fields: 28 years. */
const maxSkippedDays = 28 * 366;

/**
 * Parses a schedule: NCRONTAB with six fields (seconds first) or five, or a TimeSpan as interval.
 * Unlike in other dialects, a day of the month and a day of the week must *both* fit.
 *
 * Source: github.com/atifaziz/NCrontab; azure-webjobs-sdk-extensions, TimerSchedule.
 *
 * @param timeZone an IANA name
 */
export function parseSchedule(text: string, timeZone: string): Result<Schedule, string> {
  const interval = parseTimeSpan(text);
  if (interval !== undefined) {
    if (interval === 0) return fail('the interval is zero');
    return succeed({ next: (after) => epochMs(after + interval) });
  }
  const fields = text.trim().split(/\s+/);
  if (fields.length === 5) fields.unshift('0');
  const isPlain = fields.every((field, index) => fieldPatterns[index]?.test(field) ?? false);
  if (fields.length !== 6 || !isPlain) {
    return fail(`"${text}" is neither an NCRONTAB expression nor a time span`);
  }
  try {
    const schedule = createCronSchedule(fields, timeZone);
    schedule.next(epochMs(0));
    return succeed(schedule);
  } catch (error) {
    return fail(`"${text}" is no valid NCRONTAB expression (${errorText(error)})`);
  }
}

/** True if a schedule may fire twice within a minute: the real host then keeps no status for it. */
export function firesWithinMinute(schedule: Schedule, now: EpochMs): boolean {
  const first = schedule.next(now);
  return schedule.next(first) - first < 60_000;
}

function createCronSchedule(fields: readonly string[], timeZone: string): Schedule {
  const anyWeekday = [...fields.slice(0, 5), '*'].join(' ');
  const days = new Set<unknown>(cron(fields.join(' '), 0, timeZone).fields.dayOfWeek.values);
  return {
    next(after) {
      let from: number = after;
      for (let skipped = 0; skipped < maxSkippedDays; skipped += 1) {
        const candidate = cron(anyWeekday, from, timeZone).next();
        if (days.has(candidate.getDay())) return epochMs(candidate.getTime());
        from = lastSecondOfDay(candidate.getTime(), timeZone);
      }
      throw new Error('no day fits both day fields');
    },
  };
}

function lastSecondOfDay(instant: number, timeZone: string): number {
  return cron('59 59 23 * * *', instant - 1, timeZone)
    .next()
    .getTime();
}

function cron(expression: string, after: number, tz: string): ReturnType<typeof parseCron> {
  return parseCron(expression, { currentDate: new Date(after), tz });
}

const parseCron = CronExpressionParser.parse.bind(CronExpressionParser);
