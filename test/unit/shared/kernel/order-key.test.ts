import { describe, expect, it } from 'vitest';
import { orderKeyOf } from '../../../../shared/kernel/order-key.ts';

describe('the order key of a message', () => {
  it('is the same for one session of one entity only', () => {
    expect(orderKeyOf('orders', 'a')).toBe('["orders","a"]');
    const parts: readonly (readonly [string, string])[] = [
      ['orders', 'a'],
      ['orders ', 'a'],
      ['orders","a', ''],
      ['orders', '","a'],
      ['', 'orders","a'],
      ['x'.repeat(600), 'a'],
      ['x'.repeat(600), 'b'],
      ['x'.repeat(601), 'a'],
    ];
    const keys = parts.map(([origin, session]) => orderKeyOf(origin, session));
    expect(new Set(keys).size).toBe(parts.length);
  });

  it('is short and well-formed whatever a producer chose', () => {
    for (const hostile of ['\ud800', '\u0000/\\#?', '漢'.repeat(5_000)]) {
      const key = orderKeyOf(hostile, hostile);
      expect(key.length).toBeLessThanOrEqual(500);
      expect(key.isWellFormed()).toBe(true);
    }
  });
});
