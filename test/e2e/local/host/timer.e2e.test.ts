import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, inject, it, type TestContext } from 'vitest';
import { createSampleApp, HostProcess } from '../../../support/host-apps/host-process.ts';
import type { SampleApp } from '../../../support/host-apps/host-process.ts';

interface TimerValue {
  readonly schedule: { readonly adjustForDST: boolean };
  readonly scheduleStatus: { readonly last: string; readonly next: string } | null;
  readonly isPastDue: boolean;
}

let app: SampleApp;
const storage = BlobServiceClient.fromConnectionString(inject('storageConnection'));
const hostContainer = storage.getContainerClient('azure-webjobs-hosts');
let run = 0;

beforeAll(async () => {
  app = await createSampleApp('timer-app.mjs');
});

afterAll(() => app.remove());

async function start(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  hostId: string,
  everySecond = '* * * * * *',
): Promise<HostProcess> {
  const host = await HostProcess.start(app.directory, {
    AzureWebJobsStorage: inject('storageConnection'),
    AzureFunctionsWebHost__hostid: hostId,
    EverySecond: everySecond,
  });
  onTestFinished(async () => {
    await host.end();
  });
  return host;
}

function newHostId(): string {
  run += 1;
  return `timers-${Date.now().toString(36)}-${run}`;
}

const statusBlob = (hostId: string, name: string) =>
  hostContainer.getBlockBlobClient(`timers/${hostId}/Host.Functions.${name}/status`);

describe.concurrent('timer functions in the embedded host', () => {
  it('run once per occurrence, on one host at a time', async (test) => {
    const hostId = newHostId();
    const first = await start(test, hostId);
    const second = await start(test, hostId);
    const ticks = await first.waitForRecords<TimerValue & { at: number }>('tick', 3);
    const seconds = ticks.map(({ at }) => Math.floor(at / 1000));
    expect(seconds).toEqual([0, 1, 2].map((offset) => (seconds[0] ?? 0) + offset));
    expect(second.records('tick')).toEqual([]);
    expect(ticks[0]).toMatchObject({ scheduleStatus: null, isPastDue: false });
  });

  it('pass to the other host when the one that holds them stops', async (test) => {
    const hostId = newHostId();
    const first = await start(test, hostId);
    const second = await start(test, hostId);
    await first.waitForRecords('tick', 1);
    await first.end();
    expect(first.records('tick')).toHaveLength(first.records('tock').length);
    await second.waitForRecords('tick', 1);
  });

  it('take a time span as interval', async (test) => {
    const host = await start(test, newHostId(), '00:00:02');
    const [first, second] = await host.waitForRecords<{ at: number }>('tick', 2);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(1500);
  });

  it('run at the start when asked to, and keep their status as the real host does', async (test) => {
    const hostId = newHostId();
    const host = await start(test, hostId);
    const [value] = await host.waitForRecords<TimerValue>('yearly', 1);
    const nextYear = new Date().getUTCFullYear() + 1;
    const next = `${nextYear}-01-01T00:00:00+00:00`;
    expect(value).toMatchObject({
      isPastDue: false,
      schedule: { adjustForDST: true },
      scheduleStatus: { last: '0001-01-01T00:00:00', next },
    });
    await host.end();
    const stored: unknown = JSON.parse(
      (await statusBlob(hostId, 'yearly').downloadToBuffer()).toString(),
    );
    expect(stored).toMatchObject({ Next: next });
    expect(stored).not.toMatchObject({ Last: '0001-01-01T00:00:00' });
  });

  it('make up at once for an occurrence that was missed', async (test) => {
    const hostId = newHostId();
    await hostContainer.createIfNotExists();
    const missed = JSON.stringify({
      Last: '2026-01-01T00:00:00+00:00',
      Next: '2026-01-01T01:00:00+00:00',
      LastUpdated: '2026-01-01T00:00:00+00:00',
    });
    await statusBlob(hostId, 'hourly').upload(missed, missed.length);
    const host = await start(test, hostId);
    const [value] = await host.waitForRecords<TimerValue>('hourly', 1);
    expect(value).toMatchObject({
      isPastDue: true,
      scheduleStatus: { last: '2026-01-01T00:00:00+00:00', next: '2026-01-01T01:00:00+00:00' },
    });
  });

  it('are repeated as the retry policy says, each attempt with an id of its own', async (test) => {
    interface Attempt {
      readonly invocationId: string;
      readonly retryContext: Readonly<Record<string, unknown>>;
    }
    const host = await start(test, newHostId());
    const attempts = await host.waitForRecords<Attempt>('attempt', 3);
    await host.waitForRecords('tick', 2);
    expect(host.records('attempt')).toHaveLength(3);
    expect(new Set(attempts.map(({ invocationId }) => invocationId)).size).toBe(3);
    expect(attempts.map(({ retryContext }) => retryContext)).toMatchObject([
      { retryCount: 0, maxRetryCount: 2 },
      { retryCount: 1, maxRetryCount: 2, exception: { message: 'attempt 0' } },
      { retryCount: 2, maxRetryCount: 2, exception: { message: 'attempt 1' } },
    ]);
    expect(attempts[0]?.retryContext).not.toHaveProperty('exception');
  });
});
