import { describe, expect, it } from 'vitest';
import {
  listItems,
  mapEntries,
  readTyped,
  unwrap,
  wrapBinary,
  wrapDescribed,
  wrapList,
  wrapLong,
  wrapLongArray,
  wrapMap,
  wrapString,
  wrapSymbolMap,
  wrapTimestamp,
  wrapUint,
  wrapUlong,
  writeTyped,
  type Typed,
} from '../../../../../../local/broker/amqp/codec/typed.ts';

function reread(value: Typed): Typed {
  const read = readTyped(writeTyped(value));
  if (!read.ok) throw new Error(read.problem);
  return read.value;
}

describe('Typed values', () => {
  it('keep 64-bit numbers exact', () => {
    expect(unwrap(reread(wrapLong(-(2n ** 63n))))).toBe(-(2n ** 63n));
    expect(unwrap(reread(wrapLong(2n ** 54n + 1n)))).toBe(2n ** 54n + 1n);
    expect(unwrap(reread(wrapUlong(2n ** 64n - 1n)))).toBe(2n ** 64n - 1n);
    expect(unwrap(reread(wrapLong(-7)))).toBe(-7);
  });

  it('unwrap to plain values', () => {
    expect(unwrap(reread(wrapTimestamp(1_750_000_000_000)))).toEqual(new Date(1_750_000_000_000));
    expect(unwrap(reread(wrapBinary(Buffer.from('ab'))))).toEqual(Buffer.from('ab'));
    expect(unwrap(reread(wrapList([wrapUint(1), wrapString('x')])))).toEqual([1, 'x']);
    expect(unwrap(reread(wrapMap([['a', wrapLong(1)]])))).toEqual(new Map([['a', 1]]));
    expect(unwrap(reread(wrapLongArray([1, 2])))).toEqual([1, 2]);
    expect(unwrap(reread(wrapDescribed(5, wrapString('x'))))).toEqual({
      descriptor: 5,
      value: 'x',
    });
    expect([0x5600, 0x5601].map((bytes) => unwrapBytes(bytes))).toEqual([false, true]);
  });

  it('write an array again that was read', () => {
    const bytes = writeTyped(wrapList([wrapLongArray([1, 2 ** 40, -3])]));
    const read = readTyped(bytes);
    expect(read.ok && writeTyped(read.value)).toEqual(bytes);
  });

  it('do not describe the value that they wrap', () => {
    const value = wrapString('x');
    wrapDescribed(5, value);
    expect(value.descriptor).toBeUndefined();
  });

  it('keep hostile keys as mere keys', () => {
    const keys = ['__proto__', 'constructor', 'toString', "a'b", '../x', ''];
    const map = wrapMap(keys.map((key) => [key, wrapString(key)]));
    expect([...(mapEntries(reread(map)) ?? [])].map(([key, value]) => [key, value.value])).toEqual(
      keys.map((key) => [key, key]),
    );
  });

  it('are told apart by their shape', () => {
    expect(mapEntries(wrapString('x'))).toBeUndefined();
    expect(listItems(wrapString('x'))).toBeUndefined();
    expect(listItems(wrapList([]))).toEqual([]);
    expect(mapEntries(wrapSymbolMap([['a', wrapUint(1)]]))?.get('a')?.value).toBe(1);
  });

  it('are refused when bytes are left over', () => {
    expect(readTyped(Buffer.from([0x40, 0x40])).ok).toBe(false);
    expect(readTyped(Buffer.from([0x40, 0x40]), 1).ok).toBe(true);
  });
});

function unwrapBytes(bytes: number): unknown {
  const read = readTyped(Buffer.from([bytes >> 8, bytes & 0xff]));
  return read.ok ? unwrap(read.value) : read.problem;
}
