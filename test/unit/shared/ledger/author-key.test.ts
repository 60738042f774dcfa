import { describe, expect, it } from 'vitest';
import { authorOf, partitionOf, type Author } from '../../../../shared/kernel/author.ts';
import { authorKey } from '../../../../shared/ledger/author-key.ts';

const partition = {
  namespace: 'ns.servicebus.windows.net',
  hub: 'events',
  incarnation: '2026-11-21T00:00:00.000Z',
  consumerGroup: 'cg-data-bronze',
  partitionId: '7',
};

describe('authorKey', () => {
  it('stays readable', () => {
    expect(authorKey(authorOf(partition))).toBe(
      'ns.servicebus.windows.net_2fevents_2f2026-11-21T00_3a00_3a00.000Z_2fcg-data-bronze_2f7',
    );
  });

  it('gives no two authors one key, and none a character that a key or filter minds', () => {
    const hostile = [
      'a/b',
      'a_2fb',
      'a\\b',
      'a#b',
      'a?b',
      "a'b",
      'a%b',
      'a b',
      'a\0b',
      'aüb',
      'a😀b',
    ];
    const long = ['x', 'y'].map((end) => 'ü'.repeat(500) + end);
    const keys = [...hostile, ...long].map((text) => authorKey(text as Author));
    expect(new Set(keys)).toHaveLength(keys.length);
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9._-]{1,512}$/);
  });
});

describe('partitionOf', () => {
  it('undoes authorOf', () => {
    expect(partitionOf(authorOf(partition))).toEqual(partition);
  });

  it.each(['', 'a/b/c/d', 'a/b/c/d/e/f'])('knows no partition of %j', (text) => {
    expect(partitionOf(text as Author)).toBeUndefined();
  });
});
