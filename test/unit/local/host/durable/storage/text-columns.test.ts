import { describe, expect, it } from 'vitest';
import {
  fromTextColumns,
  toTextColumns,
} from '../../../../../../local/host/durable/storage/text-columns.ts';
import { toPartitionKey } from '../../../../../../local/host/durable/storage/partition-key.ts';

const blobs = new Map<string, string>();
const largeTexts = {
  put: (folder: string, text: string) => {
    blobs.set(`${folder}/1`, text);
    return Promise.resolve(`${folder}/1`);
  },
  get: (name: string) => Promise.resolve(blobs.get(name) ?? ''),
  removeAll: () => Promise.resolve(),
};
const pack = (text: string | null): ReturnType<typeof toTextColumns> =>
  toTextColumns('t', text, (large) => largeTexts.put('f', large));

describe('the columns of a text', () => {
  it.each([0, 1, 29_999, 30_000, 30_001, 60_000, 119_990, 200_000])(
    'give back %i characters',
    async (length) => {
      const text = `"${'😀'.repeat(Math.ceil(length / 2)).slice(0, length)}"`;
      const columns = await pack(text);
      for (const value of Object.values(columns)) {
        if (typeof value !== 'string') continue;
        expect(value.length).toBeLessThanOrEqual(30_000);
        // Azurite damages other characters in long requests.
        if (columns['tColumns'] !== -1) expect(value).toMatch(/^[ -~]*$/);
      }
      const back = await fromTextColumns(columns, 't', largeTexts);
      expect(JSON.parse(back ?? '')).toBe(JSON.parse(text));
    },
  );

  it('forget a longer text from before', async () => {
    const merged = { ...(await pack('x'.repeat(70_000))), ...(await pack('"y"')) };
    expect(await fromTextColumns(merged, 't', largeTexts)).toBe('"y"');
    expect(await fromTextColumns({ ...merged, ...(await pack(null)) }, 't', largeTexts)).toBeNull();
  });
});

describe('the partition of an instance', () => {
  it('holds nothing that a key or a filter may not hold, and no two share one', () => {
    const ids = [
      "o'clock",
      'a/b',
      'a\\b',
      'a#b?',
      'ü',
      'a!2fb',
      'a!b',
      '@counter@x',
      'A',
      'a',
      '\0',
    ];
    const keys = ids.map(toPartitionKey);
    for (const key of keys) expect(key).toMatch(/^[\w.@:!-]+$/);
    expect(new Set(keys).size).toBe(ids.length);
    expect(toPartitionKey('order-4711')).toBe('order-4711');
  });
});
