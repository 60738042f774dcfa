import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  instantLowerBound,
  instantUpperBound,
} from '../../../../shared/bronze/delta/codec/instant-bounds.ts';
import {
  compareUtf8,
  lowerBound,
  upperBound,
} from '../../../../shared/bronze/delta/codec/string-bounds.ts';

/** Text of every kind: surrogate pairs, lone surrogates, the edges of the code space, long runs. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'binary-ascii', maxLength: 60 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
    .map((units) => String.fromCharCode(...units)),
  fc
    .tuple(
      fc.constantFrom('\u{10ffff}', '\ud7ff', '\uffff', 'a', '\u{1f600}'),
      fc.nat({ max: 50 }),
      fc.string(),
    )
    .map(([unit, count, rest]) => unit.repeat(count) + rest),
);

const utf8 = (value: string): Buffer => Buffer.from(value, 'utf8');

describe('bounds of text', () => {
  it('compare as the UTF-8 bytes do', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        const [a, b] = [left.toWellFormed(), right.toWellFormed()];
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(utf8(a), utf8(b)));
      }),
    );
  });

  it('enclose the text by its UTF-8 bytes, in at most 32 code points', () => {
    fc.assert(
      fc.property(text, (value) => {
        const [low, high] = [lowerBound(value), upperBound(value)];
        expect(Buffer.compare(utf8(low), utf8(value))).toBeLessThanOrEqual(0);
        expect(Array.from(low).length).toBeLessThanOrEqual(32);
        if (high === undefined) {
          expect(Array.from(value.toWellFormed()).slice(0, 32)).toEqual(
            new Array(32).fill('\u{10ffff}'),
          );
        } else {
          expect(Buffer.compare(utf8(high), utf8(value))).toBeGreaterThanOrEqual(0);
          expect(Array.from(high).length).toBeLessThanOrEqual(32);
          expect(high.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('bounds of instants', () => {
  it('enclose the instant and are less than a millisecond away, before 1970 as well', () => {
    const first = BigInt(Date.parse('0001-01-01T00:00:00Z')) * 1000n;
    const last = BigInt(Date.parse('9999-12-31T23:59:59.999Z')) * 1000n;
    fc.assert(
      fc.property(fc.bigInt({ min: first, max: last }), (micros) => {
        const low = BigInt(Date.parse(instantLowerBound(micros) ?? '')) * 1000n;
        const high = BigInt(Date.parse(instantUpperBound(micros) ?? '')) * 1000n;
        expect(micros - low).toBeGreaterThanOrEqual(0n);
        expect(micros - low).toBeLessThan(1000n);
        expect(high - micros).toBeGreaterThanOrEqual(0n);
        expect(high - micros).toBeLessThan(1000n);
      }),
    );
  });

  it.each([-1n, -999n, -1000n, -1001n, 0n, 1n])('round outwards around the epoch: %s', (micros) => {
    const floor = Math.floor(Number(micros) / 1000);
    const ceiling = Math.ceil(Number(micros) / 1000);
    expect(instantLowerBound(micros)).toBe(new Date(floor).toISOString());
    expect(instantUpperBound(micros)).toBe(new Date(ceiling).toISOString());
  });

  it.each([-(2n ** 63n), 2n ** 63n - 1n])(
    'say nothing outside the years 1 to 9999: %s',
    (micros) => {
      expect(instantLowerBound(micros)).toBeUndefined();
      expect(instantUpperBound(micros)).toBeUndefined();
    },
  );
});
