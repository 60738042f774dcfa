import { describe, expect, it } from 'vitest';
import { parseInterval } from '../../../../../../shared/bronze/delta/codec/interval.ts';
import {
  checkpointName,
  checkpointNames,
  commitName,
  parseLogName,
} from '../../../../../../shared/bronze/delta/codec/log-names.ts';
import {
  dataFilePath,
  decodeFilePath,
  isForeignPath,
} from '../../../../../../shared/bronze/delta/codec/table-paths.ts';

describe('names in the log', () => {
  it('are twenty digits, and say what they are', () => {
    expect(commitName(0)).toBe('_delta_log/00000000000000000000.json');
    expect(checkpointName(100)).toBe('_delta_log/00000000000000000100.checkpoint.parquet');
    const [first, second] = checkpointNames(7, 2);
    expect(
      [commitName(3), checkpointName(3), first, second].map((name) => parseLogName(name ?? '')),
    ).toEqual([
      { kind: 'commit', version: 3, part: 1, parts: 1 },
      { kind: 'checkpoint', version: 3, part: 1, parts: 1 },
      { kind: 'checkpoint', version: 7, part: 1, parts: 2 },
      { kind: 'checkpoint', version: 7, part: 2, parts: 2 },
    ]);
    expect(parseLogName('_delta_log/00000000000000000003.crc')?.kind).toBe('checksum');
  });

  it.each([
    '_delta_log/_last_checkpoint',
    '_delta_log/3.json',
    '_delta_log/00000000000000000003.json.tmp',
    '_delta_log/_commits/00000000000000000003.x.json',
    'x_delta_log/00000000000000000003.json',
    'event_date=2026-11-20/00000000000000000003.json',
  ])('leave other files alone: %s', (name) => {
    expect(parseLogName(name)).toBeUndefined();
  });
});

describe('paths of data files', () => {
  it('need no escaping when they are ours', () => {
    const path = dataFilePath({ partitionColumn: 'event_date', date: '2026-11-20', id: 'u-1' });
    expect(path).toBe('event_date=2026-11-20/part-00000-u-1.c000.zstd.parquet');
    expect(decodeFilePath(path)).toBe(path);
  });

  it('are unescaped once when others wrote them', () => {
    expect(decodeFilePath('a%20b/%2525.parquet')).toBe('a b/%25.parquet');
    expect(decodeFilePath('100%/x.parquet')).toBe('100%/x.parquet');
  });

  it.each(['abfss://c@a/x.parquet', 's3:x', '/x.parquet', '../x.parquet', 'a/../../x.parquet'])(
    'are foreign when they lead out of the table: %s',
    (path) => {
      expect(isForeignPath(path)).toBe(true);
    },
  );

  it('are not foreign for dots in a name', () => {
    expect(isForeignPath('event_date=2026-11-20/a..b.parquet')).toBe(false);
  });
});

describe('intervals of table properties', () => {
  it.each([
    ['interval 30 days', 30 * 86_400_000],
    ['interval 1 week', 604_800_000],
    ['2 hours', 7_200_000],
    [' INTERVAL 90 Minutes ', 5_400_000],
    ['interval 5 seconds', 5_000],
  ])('are read: %s', (text, ms) => {
    expect(parseInterval(text)).toBe(ms);
  });

  it.each(['interval 1 month', 'interval', '30', 'interval -1 days', 'interval 1 constructor', ''])(
    'are not guessed: %s',
    (text) => {
      expect(parseInterval(text)).toBeUndefined();
    },
  );
});
