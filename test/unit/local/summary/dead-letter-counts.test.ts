import { describe, expect, it } from 'vitest';
import { formatDeadLetters } from '../../../../local/summary/dead-letter-counts.ts';

describe('formatDeadLetters', () => {
  it('says how many there are, of which kind, and how often that was told', () => {
    const byCategory = { schema: 20, processing: 11 };
    expect(formatDeadLetters({ open: 31, resolved: 2, byCategory, alerts: 3 })).toEqual([
      'Dead letters: 31 open (20 schema, 11 processing), 2 resolved; alerts raised: 3.',
    ]);
    expect(formatDeadLetters({ open: 0, resolved: 2, byCategory: {}, alerts: 0 })).toEqual([
      'Dead letters: 0 open, 2 resolved; alerts raised: 0.',
    ]);
  });

  it('says nothing when there never was one', () => {
    expect(formatDeadLetters({ open: 0, resolved: 0, byCategory: {}, alerts: 0 })).toEqual([]);
  });
});
