import { epochMs, type EpochMs } from '../../../../shared/kernel/time.ts';
import { ofDateTimeOffset } from '../../invocation/clr-time.ts';
import { ownMember } from '../../settings/json-shape.ts';
import type { Schedule } from './schedule.ts';

/** What is known of a timer between its runs. An undefined instant has not happened yet. */
export interface ScheduleStatus {
  readonly last: EpochMs | undefined;
  readonly next: EpochMs;
  readonly lastUpdated: EpochMs | undefined;
}

/** `default(DateTime)`: how .NET writes an instant that has not happened. */
const neverText = '0001-01-01T00:00:00';

/** The status before the first run. */
export function firstStatus(schedule: Schedule, now: EpochMs): ScheduleStatus {
  return { last: undefined, next: schedule.next(now), lastUpdated: now };
}

/** The status after a run that began at an instant. */
export function statusAfterRun(schedule: Schedule, ranAt: EpochMs): ScheduleStatus {
  return { last: ranAt, next: schedule.next(ranAt), lastUpdated: ranAt };
}

/**
 * Fits a stored status to the schedule of today: if the schedule has been changed since, the next
 * occurrence is computed anew, and never lies in the past.
 *
 * Source: azure-webjobs-sdk-extensions, ScheduleMonitor.CheckPastDueAsync.
 */
export function reviseStatus(
  schedule: Schedule,
  stored: ScheduleStatus,
  now: EpochMs,
): ScheduleStatus {
  const basis = stored.last ?? stored.lastUpdated ?? now;
  const expected = schedule.next(basis);
  if (expected === stored.next) return stored;
  if (now > expected) return { last: undefined, next: schedule.next(now), lastUpdated: now };
  return { last: undefined, next: expected, lastUpdated: basis };
}

/** The status in the JSON of the real host: in its blob, and in what a function gets. */
export function toStatusJson(
  status: ScheduleStatus,
): Record<'Last' | 'Next' | 'LastUpdated', string> {
  return {
    Last: writeInstant(status.last),
    Next: writeInstant(status.next),
    LastUpdated: writeInstant(status.lastUpdated),
  };
}

/** Undefined if the content is no status: it is then as good as none. */
export function parseStatusJson(content: unknown): ScheduleStatus | undefined {
  const next = readInstant(ownMember(content, 'Next'));
  if (next === undefined) return undefined;
  const last = readInstant(ownMember(content, 'Last'));
  return { last, next, lastUpdated: readInstant(ownMember(content, 'LastUpdated')) };
}

function writeInstant(instant: EpochMs | undefined): string {
  return instant === undefined ? neverText : ofDateTimeOffset(new Date(instant));
}

function readInstant(text: unknown): EpochMs | undefined {
  if (typeof text !== 'string' || text.startsWith('0001-')) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : epochMs(instant);
}
