import { describe, expect, it } from 'vitest';
import { book, nextId, noBookings, standing, unbook } from '../../../domain/bookings.ts';

const one = book(noBookings, { id: 'res-SO-1-1' });

describe('bookings', () => {
  it('keep what was undone, and let only the rest stand', () => {
    const two = book(one, { id: 'res-SO-1-2' });
    const left = unbook(two, 'res-SO-1-1');
    expect(left).toEqual({ made: two.made, undone: ['res-SO-1-1'] });
    expect(standing(left ?? noBookings)).toEqual([{ id: 'res-SO-1-2' }]);
  });

  it('undo nothing twice, and nothing that is not there', () => {
    const none = unbook(one, 'res-SO-1-1') ?? noBookings;
    expect(unbook(none, 'res-SO-1-1')).toBeUndefined();
    expect(unbook(one, 'res-SO-2-1')).toBeUndefined();
    expect(unbook(one, undefined)).toBeUndefined();
  });

  it('never name two entries alike, undone ones included', () => {
    const none = unbook(one, 'res-SO-1-1') ?? noBookings;
    expect(nextId('res', 'SO-1', noBookings)).toBe('res-SO-1-1');
    expect(nextId('res', 'SO-1', none)).toBe('res-SO-1-2');
  });
});
