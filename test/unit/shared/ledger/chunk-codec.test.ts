import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromChunks, toChunks } from '../../../../shared/ledger/chunk-codec.ts';

/** JSON text of about so many bytes that no compressor makes smaller than three quarters. */
function incompressible(bytes: number): string {
  return randomBytes(Math.ceil((bytes * 3) / 4)).toString('base64');
}

describe('chunks', () => {
  it('put a small value into one property of one row', () => {
    const rows = toChunks({ a: 1 });
    expect(rows).toHaveLength(1);
    expect(Object.keys(rows[0] ?? {})).toEqual(['chunk0']);
  });

  it('spread a large value over properties of 60 KB and rows of 900 KB', () => {
    const value = incompressible(2_000_000);
    const rows = toChunks(value);
    if (rows === 'too-large') throw new Error(rows);
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      const sizes = Object.values(row).map((chunk) => chunk.length);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(61_440);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(921_600);
    }
    expect(fromChunks(rows)).toBe(value);
  });

  it('refuse what one transaction does not take', () => {
    expect(toChunks(incompressible(3_400_000))).toBe('too-large');
  });

  it('take the rejections of the largest batch of events', () => {
    const rejections = Array.from({ length: 1_000 }, () => incompressible(2_048));
    expect(toChunks(rejections)).not.toBe('too-large');
  });

  it('refuse rows of which one is missing', () => {
    const rows = toChunks(incompressible(2_000_000));
    if (rows === 'too-large') throw new Error(rows);
    expect(() => fromChunks(rows.slice(0, 1))).toThrow();
    expect(() => fromChunks(rows.slice(1))).toThrow();
    expect(() => fromChunks([])).toThrow();
  });
});
