import { describe, expect, it } from 'vitest';
import { parseIsoDuration } from '../../../../../local/broker/entities/iso-duration.ts';

describe('An ISO 8601 duration', () => {
  it.each([
    ['PT1M', 60_000],
    ['PT0.5S', 500],
    ['PT20S', 20_000],
    ['PT1H30M', 5_400_000],
    ['P1D', 86_400_000],
    ['P1DT1S', 86_401_000],
    ['P1Y2M', (365 + 60) * 86_400_000],
    ['PT0S', 0],
  ])('%s has %d milliseconds', (text, milliseconds) => {
    expect(parseIsoDuration(text)).toBe(milliseconds);
  });

  it.each(['', 'P', 'PT', 'P1DT', '1M', 'PT1', 'pt1m', 'PT-1S', 'PT1.5M', 'PT1M ', 'PT1S1M'])(
    'is none: %j',
    (text) => {
      expect(parseIsoDuration(text)).toBeUndefined();
    },
  );
});
