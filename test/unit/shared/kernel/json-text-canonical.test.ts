import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { canonicalise, canonicalNumber } from '../../../../shared/kernel/json-text-canonical.ts';

describe('canonicalNumber', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['0.000', '0'],
    ['0e99', '0'],
    ['5', '5'],
    ['10', '1e1'],
    ['12500.00', '125e2'],
    ['1.25e4', '125e2'],
    ['1.25E+4', '125e2'],
    ['125e2', '125e2'],
    ['18.62', '1862e-2'],
    ['0.001862e1', '1862e-5'],
    ['-7.50', '-75e-1'],
    ['12345678901234567891', '12345678901234567891'],
    ['0.1000000000000000055511151231257827', '1000000000000000055511151231257827e-34'],
    ['1e99999999999999999999', '1e99999999999999999999'],
    ['10e99999999999999999998', '1e99999999999999999999'],
    ['1e-99999999999999999999', '1e-99999999999999999999'],
  ])('writes %s as %s', (spelling, canonical) => {
    assert.equal(canonicalNumber(spelling), canonical);
  });

  it('tells neighbours apart that are one double', () => {
    assert.notEqual(canonicalNumber('9007199254740993'), canonicalNumber('9007199254740992'));
    assert.notEqual(canonicalNumber('0.1'), canonicalNumber('0.10000000000000001'));
  });
});

describe('canonicalise', () => {
  it('gives one text for all spellings of a value', () => {
    const first = canonicalise('{"b":[1.0,"\\u0041\\/"],"a":{"y":null,"x":true}}', 0).text;
    const second = canonicalise('{ "a" : {"x":true , "y":null}, "\\u0062":[ 1 ,\n"A/" ] }', 0).text;
    assert.equal(first, '{"a":{"x":true,"y":null},"b":[1,"A/"]}');
    assert.equal(second, first);
  });

  it.each([
    ['[1,2]', '[2,1]'],
    ['{"a":1}', '{"a":"1"}'],
    ['{"a":null}', '{}'],
    ['["a","b"]', '["a,b"]'],
    ['{"a":{"b":1}}', '{"a":{},"b":1}'],
    ['[]', '{}'],
    ['"\\ud800"', '"\\udc00"'],
  ])('keeps %s and %s apart', (left, right) => {
    assert.notEqual(canonicalise(left, 0).text, canonicalise(right, 0).text);
  });

  it('reads the value at an index and stops after it', () => {
    assert.equal(canonicalise('{"x":1,"data":{"b":2,"a":1},"y":0}', 14).text, '{"a":1,"b":2}');
  });

  it('reports repeated names at any depth, however they are spelled', () => {
    const { duplicates } = canonicalise('{"a":1,"b":[{"c":1,"\\u0063":2}],"a":2,"a":3}', 0);
    assert.deepEqual([...duplicates].sort(), ['a', 'a', 'c']);
  });

  it('sorts objects with many members as it sorts those with few', () => {
    const names = Array.from({ length: 100 }, (_, index) => `k${(index * 37) % 100}`);
    const text = `{${names.map((name) => `"${name}":0`).join(',')}}`;
    const sorted = names.toSorted().map((name) => `"${name}":0`);
    assert.equal(canonicalise(text, 0).text, `{${sorted.join(',')}}`);
  });
});
