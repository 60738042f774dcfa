import { describe, expect, it } from 'vitest';
import { findValueEnd } from '../../../../../../local/broker/amqp/codec/layout.ts';

const wellFormed: readonly (readonly [string, string])[] = [
  ['null', '40'],
  ['a small unsigned integer', '5207'],
  ['a uuid', `98${'00'.repeat(16)}`],
  ['a short string', 'a10161'],
  ['a long string', 'b10000000161'],
  ['an empty list', '45'],
  ['a list of two', 'c00302 40 41'],
  ['a map of one entry', 'c10502 a10161 40'],
  ['an array of three bytes', 'e00503 50 010203'],
  ['an array of described values', 'e00702 00 5301 50 0102'],
  ['a described list', '00 5324 45'],
];

const malformed: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['an unknown code', 'ff'],
  ['a code between the known ones', '57'],
  ['a string that ends too early', 'a10561'],
  ['a list whose size ends too early', 'c0'],
  ['a list with more items than bytes', 'd00000000400ffffff'],
  ['a list with four billion items', 'd000000005ffffffff40'],
  ['a list longer than its items', 'c0040240 41 42'],
  ['a list shorter than its items', 'c0020240 41'],
  ['an array of four billion nulls', 'f000000005ffffffff40'],
  ['an array without a constructor', 'e00100'],
  ['an array of an unknown code', 'e00200ff'],
  ['an array whose constructor is described twice', 'e00602 00 40 00 40 50'],
  ['a descriptor without a value', '005324'],
];

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('The walk over AMQP values', () => {
  it.each(wellFormed)('finds the end of %s', (_title, hex) => {
    const bytes = bytesOf(hex);
    const framed = Buffer.concat([Buffer.from([1, 2]), bytes, Buffer.from([3])]);
    expect(findValueEnd(framed, 2)).toBe(2 + bytes.length);
  });

  it.each(malformed)('refuses %s', (_title, hex) => {
    expect(findValueEnd(bytesOf(hex), 0)).toBeUndefined();
  });

  it('refuses values that nest deeper than anything in use', () => {
    const nest = (depth: number): Buffer =>
      depth === 0
        ? Buffer.from([0x40])
        : Buffer.concat([Buffer.from([0xc0, 2 + 3 * (depth - 1), 1]), nest(depth - 1)]);
    expect(findValueEnd(nest(20), 0)).toBe(nest(20).length);
    expect(findValueEnd(nest(40), 0)).toBeUndefined();
  });

  it('does not recurse as deep as descriptors can be nested', () => {
    expect(findValueEnd(Buffer.alloc(1_000_000), 0)).toBeUndefined();
  });
});
