import { randomUUID } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import { describe, expect, inject, it } from 'vitest';
import { createBlobPayloadStore } from '../../../../shared/payloads/blob-payload-store.ts';
import { payloadStoreContract } from '../../../support/contracts/payload-store.ts';

const connection = inject('storageConnection');
const service = BlobServiceClient.fromConnectionString(connection);
const newContainer = () => service.getContainerClient(`payloads-${randomUUID()}`);

payloadStoreContract('Blob Storage', () => Promise.resolve(createBlobPayloadStore(newContainer())));

describe('createBlobPayloadStore', () => {
  it('asks to be tried again when storage does not answer', async () => {
    const nowhere = 'http://127.0.0.1:1/devstoreaccount1/payloads';
    const { ContainerClient } = await import('@azure/storage-blob');
    const options = { retryOptions: { maxTries: 1 } };
    const store = createBlobPayloadStore(new ContainerClient(nowhere, undefined, options));
    const transient = { code: 'storage.unavailable', kind: 'transient' };
    await expect(store.put('x', Uint8Array.of(1))).rejects.toMatchObject(transient);
    await expect(store.get('payloads/x')).rejects.toMatchObject(transient);
  });

  it('refuses to store under a name that could leave the container', async () => {
    const store = createBlobPayloadStore(newContainer());
    for (const name of ['', '/x', 'a//b', '../x', 'a/../b', 'a/./b', 'a?b', 'a b', 'a\u0000']) {
      await expect(store.put(name, Uint8Array.of(1)), name).rejects.toMatchObject({ code: 'bug' });
    }
  });
});
