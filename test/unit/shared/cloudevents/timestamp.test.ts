import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { parseTimestamp } from '../../../../shared/cloudevents/timestamp.ts';

describe('parseTimestamp', () => {
  it.each([
    ['2025-06-15T14:32:01.456Z', 1_749_997_921_456_000n],
    ['1970-01-01T00:00:00Z', 0n],
    ['1969-12-31T23:59:59.999999Z', -1n],
    ['1969-12-31T23:59:59.5Z', -500_000n],
    ['2000-02-29T00:00:00Z', 951_782_400_000_000n],
    ['2025-06-15t14:32:01.456z', 1_749_997_921_456_000n],
    ['2025-06-15T14:32:01.4561239999999Z', 1_749_997_921_456_123n],
    ['2025-06-15T16:32:01.456+02:00', 1_749_997_921_456_000n],
    ['2025-06-15T09:02:01.456-05:30', 1_749_997_921_456_000n],
    ['2025-06-15T14:32:01.456-00:00', 1_749_997_921_456_000n],
    ['0001-01-01T00:00:00Z', -62_135_596_800_000_000n],
    ['9999-12-31T23:59:59.999999Z', 253_402_300_799_999_999n],
  ])('%s is %s microseconds', (text, micros) => {
    assert.equal(parseTimestamp(text)?.instant, micros);
  });

  it('puts a leap second at the end of its day, also when an offset moves it', () => {
    const last = parseTimestamp('2016-12-31T23:59:59.999999Z');
    assert.deepEqual(parseTimestamp('2016-12-31T23:59:60Z'), last);
    assert.deepEqual(parseTimestamp('2016-12-31T23:59:60.5Z'), last);
    assert.equal(parseTimestamp('2017-01-01T05:29:60+05:30')?.instant, last?.instant);
  });

  it('tells UTC from other offsets', () => {
    assert.equal(parseTimestamp('2025-06-15T14:32:01+00:00')?.isUtc, true);
    assert.equal(parseTimestamp('2025-06-15T14:32:01Z')?.isUtc, true);
    assert.equal(parseTimestamp('2025-06-15T14:32:01+00:01')?.isUtc, false);
  });

  it.each([
    '',
    '2025-06-15',
    '2025-06-15T14:32Z',
    '2025-06-15T14:32:01',
    '2025-06-15 14:32:01Z',
    '2025-06-15T14:32:01.Z',
    '2025-06-15T14:32:01,5Z',
    '2025-06-15T14:32:01+0200',
    '2025-06-15T14:32:01+24:00',
    '2025-06-15T14:32:01+02:60',
    '2025-06-15T24:00:00Z',
    '2025-06-15T14:60:00Z',
    '2025-06-15T14:32:61Z',
    '2025-06-15T14:32:60Z',
    '2016-12-31T23:59:60+01:00',
    '2025-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2025-00-01T00:00:00Z',
    '2025-13-01T00:00:00Z',
    '2025-04-31T00:00:00Z',
    '2025-04-00T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '+12025-06-15T14:32:01Z',
    '2025-06-15T14:32:01Z\n',
    '\u0662025-06-15T14:32:01Z',
  ])('refuses %j', (text) => {
    assert.equal(parseTimestamp(text), undefined);
  });
});
