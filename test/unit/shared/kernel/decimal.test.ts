import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDecimals,
  isNegative,
  subtractDecimals,
  toDecimal,
  zero,
  type Decimal,
} from '../../../../shared/kernel/decimal.ts';

function decimal(value: number | string): Decimal {
  const read = toDecimal(value);
  if (read === undefined) throw new Error(`${value} is a decimal`);
  return read;
}

describe('a decimal', () => {
  it.each([
    [18.6, '18.6'],
    ['18.60', '18.6'],
    ['-0.0', '0'],
    ['007', '7'],
    [1e21, '1000000000000000000000'],
    [1.5e-7, '0.00000015'],
    [-2.5, '-2.5'],
    [Number.MIN_VALUE, `0.${'0'.repeat(323)}5`],
  ])('spells %s in one way only', (value, spelled) => {
    expect(toDecimal(value)).toBe(spelled);
  });

  it.each(['', ' 1', '1.', '.5', '1e3', '+1', '0x1', 'NaN', '1,5', '9'.repeat(31), null, true, []])(
    'is not what %j is',
    (value) => {
      expect(toDecimal(value)).toBeUndefined();
    },
  );

  it.each([NaN, Infinity, -Infinity])('is not %d', (value) => {
    expect(toDecimal(value)).toBeUndefined();
  });

  it('adds up where doubles do not', () => {
    expect(addDecimals(decimal(0.1), decimal(0.2))).toBe('0.3');
    expect(subtractDecimals(decimal('10000000000000000.1'), decimal(0.1))).toBe(
      '10000000000000000',
    );
    expect(subtractDecimals(decimal(1), decimal(1.5))).toBe('-0.5');
  });

  it('tells what is below zero', () => {
    expect([decimal(-0.1), zero, decimal(1)].map(isNegative)).toEqual([true, false, false]);
  });

  it('keeps the value of every double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(decimal(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it('takes back exactly what it added', () => {
    const amounts = fc
      .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.nat({ max: 999_999 }))
      .map(([whole, fraction]) => decimal(`${whole}.${fraction}`));
    fc.assert(
      fc.property(amounts, amounts, (left, right) => {
        expect(subtractDecimals(addDecimals(left, right), right)).toBe(left);
      }),
    );
  });
});
