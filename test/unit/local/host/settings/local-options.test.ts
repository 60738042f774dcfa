import { describe, expect, it } from 'vitest';
import { readLocalOptions } from '../../../../../local/host/settings/local-options.ts';
import { Settings } from '../../../../../local/host/settings/settings.ts';

describe('the options of this host alone', () => {
  it('leave the intervals to the SDK by default', () => {
    expect(readLocalOptions(new Settings({ Other: 'x' }))).toEqual({
      loadBalancingIntervalMs: undefined,
      ownershipExpiryMs: undefined,
      blobPollMs: 5000,
      hubExpiryMs: 15_000,
      shutdownGraceMs: 10_000,
      logLevel: 'information',
    });
  });

  it('are read from settings', () => {
    const settings = new Settings({
      LocalHost__LoadBalancingIntervalMs: '200',
      LocalHost__OwnershipExpiryMs: '1500',
      LocalHost__ShutdownGraceMs: '0',
      LocalHost__LogLevel: 'Debug',
    });
    expect(readLocalOptions(settings)).toMatchObject({
      loadBalancingIntervalMs: 200,
      ownershipExpiryMs: 1500,
      shutdownGraceMs: 0,
      logLevel: 'debug',
    });
  });

  it('are refused when faulty or unknown, all at once', () => {
    const settings = new Settings({
      LocalHost__BlobPollMs: 'soon',
      LocalHost__OwnershipExpiryMs: '0',
      LocalHost__Ownership: '5',
    });
    expect(() => readLocalOptions(settings)).toThrow(
      [
        'The Functions host cannot start (3 problems):',
        '  - settings, LocalHost__OwnershipExpiryMs: is "0". Write a whole number from 1 to 86400000.',
        '  - settings, LocalHost__BlobPollMs: is "soon". Write a whole number from 1 to 86400000.',
        '  - settings, LocalHost__Ownership: is not known. Use one of LocalHost__LoadBalancingIntervalMs, ',
      ].join('\n'),
    );
  });
});
