import { describe, expect, it } from 'vitest';
import { parseLakeUrl } from '../../../../shared/bronze/lake-url.ts';

describe('the URL of a lake', () => {
  it.each([
    [
      'onelake',
      'https://onelake.blob.fabric.microsoft.com/plant/bronze.Lakehouse/Tables',
      'https://onelake.blob.fabric.microsoft.com/plant',
      'bronze.Lakehouse/',
    ],
    [
      'onelake',
      'https://onelake.dfs.fabric.microsoft.com/plant/bronze.Lakehouse',
      'https://onelake.blob.fabric.microsoft.com/plant',
      'bronze.Lakehouse/',
    ],
    [
      'adls',
      'https://plant.dfs.core.windows.net/lake',
      'https://plant.blob.core.windows.net/lake',
      '',
    ],
    [
      'blob',
      'https://plant.blob.core.windows.net/lake/house/bronze/',
      'https://plant.blob.core.windows.net/lake',
      'house/bronze/',
    ],
  ] as const)(
    'of kind %s leads to the blob endpoint: %s',
    (target, text, ...[containerUrl, root]) => {
      expect(parseLakeUrl(target, text)).toEqual({ ok: true, value: { containerUrl, root } });
    },
  );

  it.each([
    ['blob', 'plant', 'it is no URL'],
    ['blob', 'https://plant.blob.core.windows.net/', 'it names no container'],
    ['blob', 'https://plant.blob.core.windows.net/lake?sv=1&sig=x', 'it has a query or a fragment'],
    ['blob', 'https://plant.blob.core.windows.net/lake/a%20b', /a folder has characters/],
    ['onelake', 'https://onelake.blob.fabric.microsoft.com/plant', 'it names no lakehouse'],
    ['onelake', 'https://onelake.blob.fabric.microsoft.com/plant/Tables', 'it names no lakehouse'],
  ] as const)('of kind %s is refused: %s', (target, text, problem) => {
    const expected =
      typeof problem === 'string' ? problem : (expect.stringMatching(problem) as string);
    expect(parseLakeUrl(target, text)).toEqual({ ok: false, problem: expected });
  });
});
