import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../../../../local/host/triggers/timer/schedule.ts';
import {
  firstStatus,
  parseStatusJson,
  reviseStatus,
  statusAfterRun,
  toStatusJson,
} from '../../../../../../local/host/triggers/timer/schedule-status.ts';
import { epochMs, type EpochMs } from '../../../../../../shared/kernel/time.ts';

const at = (time: string): EpochMs => epochMs(Date.parse(`2026-11-21T${time}Z`));
const parsed = parseSchedule('0 0 * * * *', 'UTC');
if (!parsed.ok) throw new Error(parsed.problem);
const hourly = parsed.value;

describe('the status of a timer', () => {
  it('begins with the next occurrence and moves on with each run', () => {
    expect(firstStatus(hourly, at('10:20:00'))).toEqual({
      last: undefined,
      next: at('11:00:00'),
      lastUpdated: at('10:20:00'),
    });
    expect(statusAfterRun(hourly, at('11:00:01'))).toEqual({
      last: at('11:00:01'),
      next: at('12:00:00'),
      lastUpdated: at('11:00:01'),
    });
  });

  it('keeps a missed occurrence of the same schedule', () => {
    const stored = statusAfterRun(hourly, at('08:00:00'));
    expect(reviseStatus(hourly, stored, at('10:20:00'))).toBe(stored);
    const neverRun = firstStatus(hourly, at('08:10:00'));
    expect(reviseStatus(hourly, neverRun, at('10:20:00'))).toBe(neverRun);
  });

  it('does not count as missed what only a changed schedule would have had', () => {
    const stored = { ...statusAfterRun(hourly, at('08:00:00')), next: at('23:00:00') };
    expect(reviseStatus(hourly, stored, at('10:20:00'))).toEqual({
      last: undefined,
      next: at('11:00:00'),
      lastUpdated: at('10:20:00'),
    });
    expect(reviseStatus(hourly, stored, at('08:30:00'))).toEqual({
      last: undefined,
      next: at('09:00:00'),
      lastUpdated: at('08:00:00'),
    });
  });

  it('is stored as the real host stores it', () => {
    const status = firstStatus(hourly, at('10:20:00'));
    const json = toStatusJson(status);
    expect(json).toEqual({
      Last: '0001-01-01T00:00:00',
      Next: '2026-11-21T11:00:00+00:00',
      LastUpdated: '2026-11-21T10:20:00+00:00',
    });
    expect(parseStatusJson(json)).toEqual(status);
  });

  it.each([[null], [[]], [{}], [{ Next: 5 }], [{ Next: 'soon' }]])('is none in %j', (content) => {
    expect(parseStatusJson(content)).toBeUndefined();
  });
});
