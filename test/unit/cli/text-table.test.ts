import { describe, expect, it } from 'vitest';
import { formatTextTable } from '../../../cli/text-table.ts';

describe('formatTextTable', () => {
  it('sets numbers right and text left', () => {
    expect(
      formatTextTable(
        ['name', 'n'],
        [
          ['a', '7'],
          ['bcdef', '-1200.5'],
          ['NULL', 'NULL'],
        ],
      ),
    ).toBe(
      [
        'name         n',
        '-----  -------',
        'a            7',
        'bcdef  -1200.5',
        'NULL      NULL',
        '(3 rows)',
        '',
      ].join('\n'),
    );
  });

  it('lets no control character of a producer reach the terminal', () => {
    const text = formatTextTable(['x'], [['a\u001b[31m\nb\u009b']]);
    expect(text).toContain('a·[31m·b·');
  });

  it('cuts a cell that would push the others out of sight', () => {
    const text = formatTextTable(['x'], [['y'.repeat(500)]]);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBe(60);
  });

  it('shows the names of a result without rows', () => {
    expect(formatTextTable(['a'], [])).toBe('a\n-\n(0 rows)\n');
  });
});
