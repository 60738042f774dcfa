import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { AnonymousCredential, ContainerClient } from '@azure/storage-blob';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAzureObjectStore } from '../../../../shared/bronze/azure-object-store.ts';
import type { ObjectStore } from '../../../../shared/bronze/object-store.ts';

/** How services other than Azurite answer, spoken by a server of our own. */
interface Script {
  readonly status: number;
  readonly code?: string;
  readonly isDated?: boolean;
}

/** In place of a status: the server takes the request and never answers. */
const silence = 0;

let server: Server;
let script: Script[];
let sent: { readonly method: string; readonly ifNoneMatch: string | undefined }[];
let store: ObjectStore;

beforeEach(async () => {
  script = [];
  sent = [];
  server = createServer((request, response) => {
    const { method = '', headers } = request;
    sent.push({ method, ifNoneMatch: headers['if-none-match'] });
    const { status, code, isDated = true } = script.shift() ?? { status: silence };
    if (status === silence) return;
    response.sendDate = isDated;
    request.resume().on('end', () => {
      response.writeHead(status, code === undefined ? {} : { 'x-ms-error-code': code }).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const container = new ContainerClient(
    `http://127.0.0.1:${port}/account/lake`,
    new AnonymousCredential(),
    { retryOptions: { maxTries: 2, retryDelayInMs: 1 } },
  );
  store = createAzureObjectStore(container, { root: '', timeoutMs: 1_000 });
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const create = () => store.putIfAbsent('x', Buffer.from('x'));

describe('a conditional create', () => {
  it.each([
    [409, 'BlobAlreadyExists'],
    [409, 'PathAlreadyExists'],
    [412, 'ConditionNotMet'],
  ])('is lost when the service says %s %s', async (status, code) => {
    script = [{ status, code }];
    expect(await create()).toMatchObject({ created: false });
    expect(sent).toEqual([{ method: 'PUT', ifNoneMatch: '*' }]);
  });

  it.each([
    [409, 'LeaseIdMissing'],
    [409, 'BlobImmutableDueToPolicy'],
    [412, 'LeaseLost'],
    [400, 'IncorrectEndpointError'],
  ])('is no lost race but an error when it says %s %s', async (status, code) => {
    script = [{ status, code }];
    await expect(create()).rejects.toMatchObject({
      code: 'storage.unexpected_answer',
      kind: 'permanent',
      details: { status, code, name: 'x' },
    });
  });

  it('counts as lost when the retry of a request that failed meets its own success', async () => {
    script = [{ status: 500 }, { status: 409, code: 'BlobAlreadyExists' }];
    expect(await create()).toMatchObject({ created: false });
    expect(sent).toHaveLength(2);
  });

  it.each([500, 503, 401, 403, 429, 408])('may succeed later after %s', async (status) => {
    script = [{ status }, { status }];
    await expect(create()).rejects.toMatchObject({ code: 'lake.unavailable', kind: 'transient' });
  });

  it('is worth nothing without the time of the service', async () => {
    script = [{ status: 201, isDated: false }];
    await expect(create()).rejects.toMatchObject({
      code: 'storage.unexpected_answer',
      message: 'The lake answered without a date',
    });
  });

  it('may succeed later when the service says nothing at all', async () => {
    script = [{ status: silence }];
    await expect(create()).rejects.toMatchObject({ code: 'lake.unavailable', kind: 'transient' });
  });

  it('may succeed later when nobody listens', async () => {
    server.close();
    server.closeAllConnections();
    await expect(create()).rejects.toMatchObject({ code: 'lake.unavailable', kind: 'transient' });
  });
});

describe('reading', () => {
  it.each(['BlobNotFound', 'PathNotFound'])(
    'finds nothing when the service says %s',
    async (code) => {
      script = [{ status: 404, code }];
      expect(await store.get('x')).toMatchObject({ found: false });
    },
  );

  it.each(['ContainerNotFound', 'FilesystemNotFound'])(
    'does not take a missing container for a missing object: %s',
    async (code) => {
      script = [{ status: 404, code }];
      await expect(store.get('x')).rejects.toMatchObject({ code: 'storage.unexpected_answer' });
    },
  );
});
