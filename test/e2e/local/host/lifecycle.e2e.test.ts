import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createSampleApp, HostProcess } from '../../../support/host-apps/host-process.ts';
import type { SampleApp } from '../../../support/host-apps/host-process.ts';

const apps: SampleApp[] = [];

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.remove()));
});

async function sample(source: string, hostJson: object = {}): Promise<string> {
  const app = await createSampleApp(source, hostJson);
  apps.push(app);
  return app.directory;
}

async function failure(
  directory: string,
  settings: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  const host = new HostProcess(directory, settings);
  const code = await host.exited();
  return { code, output: host.output };
}

describe('the start of the embedded host', () => {
  it('prints the whole message of an app that throws while it loads', async () => {
    const { code, output } = await failure(await sample('broken-app.mjs'));
    expect(code).toBe(1);
    expect(output).toContain('the app failed while starting');
    expect(output).toContain('  - key_one: missing\n  - key_two: not a number');
  });

  it('ends when an appStart hook throws', async () => {
    const { code, output } = await failure(await sample('failing-start-app.mjs'));
    expect(code).toBe(1);
    expect(output).toContain('Error: the lake is not reachable');
  });

  it('lists every problem of every function, with the remedy', async () => {
    const { code, output } = await failure(await sample('misconfigured-app.mjs'));
    expect(code).toBe(1);
    expect(output).toContain('The Functions host cannot start (10 problems):');
    for (const part of [
      'function "readHub", eventHubName: the setting "HubName" is not set. Set "HubName"',
      'function "readHub", connection: the connection "NoHub" is not set.',
      'function "readHub", connection: the connection "AzureWebJobsStorage" is not set.',
      'function "readQueue", queueName: the setting "QueueName" is not set.',
      'function "readQueue", connection: the connection "NoBus" is not set.',
      'function "tick", schedule: "every day" is neither an NCRONTAB expression nor a time span.',
      'function "tick", connection: the connection "AzureWebJobsStorage" is not set.',
      'function "page", route: the segment "a{b}c" is neither plain text nor one {parameter}.',
      'function "cosmos", trigger: the trigger type "cosmosDBTrigger" is not available',
      'the output binding "serviceBus" is not available in the embedded host.',
    ]) {
      expect(output).toContain(part);
    }
  });

  it('names faulty keys of host.json, and folders that hold no app', async () => {
    const hostJson = { extensions: { eventHubs: { maxEventBatchSize: 'many', maxWaitTime: 5 } } };
    const faulty = await failure(await sample('http-app.mjs', hostJson));
    expect(faulty.code).toBe(1);
    expect(faulty.output).toContain(
      'host.json, extensions.eventHubs.maxEventBatchSize: is "many".',
    );
    expect(faulty.output).toContain('host.json, extensions.eventHubs.maxWaitTime: is 5.');
    const empty = await failure(tmpdir());
    expect(empty.code).toBe(1);
    expect(empty.output).toContain('host.json, file: cannot be read');
  });

  it('takes settings from the file, and from the environment before the file', async () => {
    const directory = await sample('common-js-app.cjs');
    const folder = await mkdtemp(join(tmpdir(), 'host-settings-'));
    const file = join(folder, 'local.settings.json');
    await writeFile(file, JSON.stringify({ Values: { Greeting: 'from the file' } }));
    const args = ['--settings', file];
    const plain = await HostProcess.start(directory, {}, args);
    const overruled = await HostProcess.start(directory, { Greeting: 'from outside' }, args);
    expect(await (await fetch(`${plain.http}/api/hello`)).text()).toBe('from the file');
    expect(await (await fetch(`${overruled.http}/api/hello`)).text()).toBe('from outside');
    await Promise.all([plain.end(), overruled.end()]);
    await rm(folder, { recursive: true });
  });

  it('says when the port is taken', async () => {
    const directory = await sample('common-js-app.cjs');
    const first = await HostProcess.start(directory);
    const { port } = new URL(first.http);
    const second = new HostProcess(directory, {}, ['--port', port]);
    expect(await second.exited()).toBe(1);
    expect(second.output).toContain(`command line, --port: listen EADDRINUSE`);
    await first.end();
  });

  it('names the function whose storage cannot be reached', async () => {
    const { code, output } = await failure(await sample('timer-app.mjs'), {
      AzureWebJobsStorage:
        'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1/a;',
      EverySecond: '* * * * * *',
    });
    expect(code).toBe(1);
    expect(output).toMatch(/function "everySecond", trigger: cannot listen \(.*ECONNREFUSED/);
  });

  it('explains itself when it is called wrongly', async () => {
    const host = new HostProcess('x', {}, ['--nonsense']);
    expect(await host.exited()).toBe(2);
    expect(host.output).toContain('Usage: node local/host/main.ts');
  });
});

describe('an invocation that takes too long', () => {
  it('has failed when the time of host.json is over', async () => {
    const directory = await sample('http-app.mjs', { functionTimeout: '00:00:00.1' });
    const host = await HostProcess.start(directory);
    expect((await fetch(`${host.http}/api/slow`)).status).toBe(500);
    expect(host.output).toContain('Timeout value of 100 ms was exceeded by the function.');
    await host.end();
  });
});

describe('the end of the embedded host', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s lets running invocations finish',
    async (signal) => {
      const host = await HostProcess.start(await sample('http-app.mjs'));
      const answer = fetch(`${host.http}/api/slow`);
      await host.waitForRecords('slow', 1);
      const code = await host.end(signal);
      expect(await (await answer).text()).toBe('done');
      expect(code).toBe(0);
      expect(host.output).toContain('terminated ["started"]');
      await expect(fetch(`${host.http}/api/slow`)).rejects.toThrow();
      expect(() => process.kill(host.pid, 0)).toThrow('ESRCH');
    },
  );

  it('comes by itself when its standard input ends', async () => {
    const host = await HostProcess.start(await sample('http-app.mjs'));
    host.endInput();
    expect(await host.exited()).toBe(0);
    expect(host.output).toContain('terminated');
  });

  it('does not wait for ever', async () => {
    const host = await HostProcess.start(await sample('http-app.mjs'), {
      LocalHost__ShutdownGraceMs: '50',
    });
    const answer = fetch(`${host.http}/api/slow`).catch((error: unknown) => error);
    await host.waitForRecords('slow', 1);
    expect(await host.end()).toBe(0);
    expect(host.output).toContain('Some invocations did not end in time.');
    expect(await answer).toBeInstanceOf(Error);
  });
});
