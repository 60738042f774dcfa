import { describe, expect, it } from 'vitest';
import { startDurableApp } from '../../../../support/host-apps/durable-fixture.ts';

const version = (defaultVersion: string, strategy?: string): Record<string, string> => ({
  AzureFunctionsJobHost__extensions__durableTask__defaultVersion: defaultVersion,
  ...(strategy !== undefined && {
    AzureFunctionsJobHost__extensions__durableTask__versionMatchStrategy: strategy,
  }),
});

describe.concurrent('versions of orchestrations', () => {
  it('are those of the host at the start, or the ones asked for', async ({ onTestFinished }) => {
    const app = await startDurableApp({ settings: version('2.0') });
    onTestFinished(() => app.end());
    expect((await app.run('echoInput', 1)).output).toEqual({ input: 1, version: '2.0' });
    const older = await app.run('echoInput', 1, { version: '1.9' });
    expect(older.output).toEqual({ input: 1, version: '1.9' });
    const child = await app.run('parent', { child: 'echoInput', input: 1 }, { version: '1.0' });
    expect(child.output).toMatchObject({ results: [{ input: 1, version: '2.0' }] });
  });

  it('stay with an instance over a change of the host, and newer ones wait for theirs', async ({
    onTestFinished,
  }) => {
    const app = await startDurableApp({ settings: version('1.9') });
    onTestFinished(() => app.end());
    const old = await app.start('versioned');
    const newer = await app.start('versioned', undefined, { version: '1.10' });
    await app.host.waitUntil(() => app.host.output.includes('has version "1.10"'), 'a warning');
    await app.call('raiseEvent', newer, 'go', 'early');
    expect(await app.status(newer)).toMatchObject({ runtimeStatus: 'Pending' });
    await app.host.end();
    app.host = await app.startHost(version('1.10'));
    expect((await app.finished(newer)).output).toEqual(['1.10', 'early', '1.10']);
    await app.call('raiseEvent', old, 'go', 'late');
    expect((await app.finished(old)).output).toEqual(['1.9', 'late', '1.9']);
  });

  it('must be the very same where host.json says so, or the instance fails', async ({
    onTestFinished,
  }) => {
    const app = await startDurableApp({
      settings: version('2.0', 'Strict'),
      durableTask: { versionFailureStrategy: 'Fail' },
    });
    onTestFinished(() => app.end());
    expect((await app.run('echoInput', 1)).runtimeStatus).toBe('Completed');
    const older = await app.run('echoInput', 1, { version: '1.0' });
    expect(older).toMatchObject({ runtimeStatus: 'Failed' });
    expect(older.output).toContain('does not run version "1.0"');
  });
});

describe.concurrent('limits of host.json', () => {
  it('hold for activities', async ({ onTestFinished }) => {
    const app = await startDurableApp({ durableTask: { maxConcurrentActivityFunctions: 2 } });
    onTestFinished(() => app.end());
    const status = await app.run('busy', 8);
    expect(status.output).toBe(2);
  });
});
