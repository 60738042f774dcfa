import { describe, expect, it } from 'vitest';
import { parseTimeSpan } from '../../../../../local/host/settings/time-span.ts';

describe('parseTimeSpan', () => {
  it.each([
    ['00:00:30', 30_000],
    ['01:02', 3_720_000],
    ['1.00:00:00.5', 86_400_500],
    [' 23:59:59 ', 86_399_000],
  ])('reads %s', (text, expected) => {
    expect(parseTimeSpan(text)).toBe(expected);
  });

  it.each(['30', '24:00:00', '00:60:00', '00:00:60', '0 0 * * * *', '', '-00:00:01'])(
    'refuses "%s"',
    (text) => {
      expect(parseTimeSpan(text)).toBeUndefined();
    },
  );
});
