import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, inject, it, type TestContext } from 'vitest';
import { createSampleApp, HostProcess } from '../../../support/host-apps/host-process.ts';
import type { SampleApp } from '../../../support/host-apps/host-process.ts';

interface Seen {
  readonly name: string;
  readonly body: string;
}

const storage = BlobServiceClient.fromConnectionString(inject('storageConnection'));
let app: SampleApp;
let run = 0;

beforeAll(async () => {
  app = await createSampleApp('blob-app.mjs');
});

afterAll(() => app.remove());

function newContainer(): string {
  run += 1;
  return `blobs-${Date.now().toString(36)}-${run}`;
}

async function start(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  container: string,
): Promise<HostProcess> {
  const host = await HostProcess.start(app.directory, {
    AzureWebJobsStorage: inject('storageConnection'),
    AzureFunctionsWebHost__hostid: container,
    Container: container,
    LocalHost__BlobPollMs: '100',
  });
  onTestFinished(async () => {
    await host.end();
  });
  return host;
}

async function put(container: string, name: string, body: Uint8Array): Promise<void> {
  const blob = storage.getContainerClient(container).getBlockBlobClient(name);
  await blob.upload(body, body.byteLength, { metadata: { reason: 'test' } });
}

describe.concurrent('blob functions in the embedded host', () => {
  it('get bytes and the parts of the name, once for each version of a fitting blob', async (test) => {
    const container = newContainer();
    const host = await start(test, container);
    await put(container, 'in/orders/a.json', new Uint8Array([0, 255]));
    await put(container, 'in/orders/a.txt', new Uint8Array([1]));
    await put(container, 'elsewhere/orders/b.json', new Uint8Array([1]));
    expect(await host.waitForRecords('blob', 1)).toEqual([
      {
        isBuffer: true,
        body: 'AP8=',
        topic: 'orders',
        name: 'a',
        blobTrigger: `${container}/in/orders/a.json`,
        metadata: { reason: 'test' },
      },
    ]);
    await put(container, 'in/orders/a.json', new Uint8Array([7]));
    const seen = await host.waitForRecords<Seen>('blob', 2);
    expect(seen[1]?.body).toBe('Bw==');
    await host.end();

    const second = await start(test, container);
    await put(container, 'in/orders/c.json', new Uint8Array([9]));
    expect((await second.waitForRecords<Seen>('blob', 1)).map(({ name }) => name)).toEqual(['c']);
  });

  it('see a blob that fails five times, and go on with the others', async (test) => {
    const container = newContainer();
    const host = await start(test, container);
    await put(container, 'in/x/bad.json', new Uint8Array([1]));
    await put(container, 'in/x/good.json', new Uint8Array([2]));
    await host.waitUntil(
      () => host.output.includes('is given up after 5 failures'),
      'the end of it',
    );
    await put(container, 'in/x/later.json', new Uint8Array([3]));
    await host.waitUntil(
      () => host.records<Seen>('blob').some(({ name }) => name === 'later'),
      'the later blob',
    );
    const names = host.records<Seen>('blob').map(({ name }) => name);
    expect(names.filter((name) => name === 'bad')).toHaveLength(5);
    expect(names.filter((name) => name === 'good')).toHaveLength(1);
  });
});
