import { describe, expect, it } from 'vitest';
import { parseSagasOptions } from '../../../../cli/sagas/sagas-options.ts';

describe('the options of npm run sagas', () => {
  it('are the text of the default folder when none is given', () => {
    const expected = { mode: 'text', state: undefined, dataFolder: '.bronzeflow' };
    expect(parseSagasOptions([])).toEqual(expected);
  });

  it('take a state, a form and a data folder', () => {
    const args = ['--json', '--state', 'needs-human', '--data', 'd'];
    const expected = { mode: 'json', state: 'needs-human', dataFolder: 'd' };
    expect(parseSagasOptions(args)).toEqual(expected);
    expect(parseSagasOptions(['--watch'])).toMatchObject({ mode: 'watch' });
    expect(parseSagasOptions(['--help', '--json'])).toBe('help');
  });

  it.each([
    [['--colour'], /--colour[^]*Usage/],
    [['--state', 'lost'], /--state: expected running, .*needs-human/],
  ])('refuse %j', (args, message) => {
    expect(() => parseSagasOptions(args)).toThrow(message);
  });
});
