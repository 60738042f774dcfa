import { describe, expect, it } from 'vitest';
import {
  firesWithinMinute,
  parseSchedule,
} from '../../../../../../local/host/triggers/timer/schedule.ts';
import { epochMs } from '../../../../../../shared/kernel/time.ts';

function next(text: string, after: string, timeZone = 'UTC'): string {
  const schedule = parseSchedule(text, timeZone);
  if (!schedule.ok) throw new Error(schedule.problem);
  return new Date(schedule.value.next(epochMs(Date.parse(after)))).toISOString();
}

describe('a schedule', () => {
  it.each([
    ['*/5 * * * * *', '2026-11-21T10:00:00Z', '2026-11-21T10:00:05.000Z'],
    ['*/5 * * * * *', '2026-11-21T10:00:04.999Z', '2026-11-21T10:00:05.000Z'],
    ['0 30 9 * * mon-fri', '2026-11-21T10:00:00Z', '2026-11-23T09:30:00.000Z'],
    ['*/15 * * * *', '2026-11-21T10:01:00Z', '2026-11-21T10:15:00.000Z'],
    ['0 0 0 29 2 *', '2026-11-21T10:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['00:10:00', '2026-11-21T10:01:00Z', '2026-11-21T10:11:00.000Z'],
  ])('"%s" comes after %s at %s', (text, after, expected) => {
    expect(next(text, after)).toBe(expected);
  });

  it('asks for both day fields, unlike other dialects of cron', () => {
    expect(next('0 0 12 13 * fri', '2026-11-21T10:00:00Z')).toBe('2027-08-13T12:00:00.000Z');
    expect(next('30 59 23 13 * fri', '2027-08-13T23:59:00Z')).toBe('2027-08-13T23:59:30.000Z');
  });

  it('follows its time zone through a change of clocks', () => {
    const schedule = '0 30 2 * * *';
    expect(next(schedule, '2026-10-24T12:00:00Z', 'Europe/Berlin')).toBe(
      '2026-10-25T00:30:00.000Z',
    );
    expect(next(schedule, '2026-10-25T12:00:00Z', 'Europe/Berlin')).toBe(
      '2026-10-26T01:30:00.000Z',
    );
  });

  it.each([
    'every day',
    '* * * * * * *',
    '0 0 0 L * *',
    '0 0 0 * * 7',
    '0 0 0 * * 1#2',
    '0 0 0 ? * *',
    '60 * * * * *',
    '0 0 0 31 2 *',
    '00:00:00',
    '',
  ])('refuses "%s"', (text) => {
    expect(parseSchedule(text, 'UTC').ok).toBe(false);
  });

  it('knows whether it may fire twice within a minute', () => {
    const fires = (text: string): boolean => {
      const schedule = parseSchedule(text, 'UTC');
      return schedule.ok && firesWithinMinute(schedule.value, epochMs(0));
    };
    expect(['*/30 * * * * *', '00:00:59', '0 * * * * *', '00:01:00'].map(fires)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
