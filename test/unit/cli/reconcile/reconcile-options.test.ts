import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../../cli/command-error.ts';
import { parseReconcileOptions } from '../../../../cli/reconcile/reconcile-options.ts';

describe('the options of npm run reconcile', () => {
  it.each([
    [[], { mode: 'text', dataFolder: '.bronzeflow' }],
    [['--json', '--data', 'd'], { mode: 'json', dataFolder: 'd' }],
    [['--watch'], { mode: 'watch', dataFolder: '.bronzeflow' }],
    [['--help'], 'help'],
  ])('read %j', (args, options) => {
    expect(parseReconcileOptions(args)).toEqual(options);
  });

  it('refuse what they do not know, with the help', () => {
    expect(() => parseReconcileOptions(['--colour'])).toThrow(CommandError);
    expect(() => parseReconcileOptions(['--colour'])).toThrow(/--colour[^]*Usage/);
  });
});
