import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createTableParticipantStore } from '../../../../shared/participants/table-participant-store.ts';
import { participantStoreContract } from '../../../support/contracts/participant-store.ts';

const table = TableClient.fromConnectionString(inject('storageConnection'), 'participantcontract', {
  allowInsecureConnection: true,
});
const store = createTableParticipantStore(table);
const key = { participant: 'payment', sagaId: 'SO-row' };

beforeAll(() => table.createTable());

participantStoreContract('Table Storage', () => Promise.resolve(store));

describe('createTableParticipantStore', () => {
  it('spreads a participant over partitions by the saga, whose id is the row key', async () => {
    await store.write(key, '{}', undefined);
    const row = await table.getEntity<{ readonly record: string }>('payment-18', 'SO-row');
    expect(row.record).toBe('{}');
  });

  it('refuses for good a record that fits no row', async () => {
    const text = 'x'.repeat(17 * 30_000 + 1);
    await expect(
      store.write({ ...key, sagaId: 'SO-large' }, text, undefined),
    ).rejects.toMatchObject({ code: 'storage.unexpected_answer', kind: 'permanent' });
  });

  it('refuses for good a row without a record', async () => {
    await table.createEntity({ partitionKey: 'payment-e9', rowKey: 'SO-foreign' });
    const reading = createTableParticipantStore(foreign(table)).read(key);
    await expect(reading).rejects.toMatchObject({ code: 'storage.unexpected_answer' });
  });
});

/** A table whose every row is one that we did not write. */
function foreign(of: TableClient): TableClient {
  return Object.assign(Object.create(of) as TableClient, {
    getEntity: () => of.getEntity('payment-e9', 'SO-foreign'),
  });
}

describe('a store that is down', () => {
  let server: Server;
  let broken: ReturnType<typeof createTableParticipantStore>;

  beforeAll(async () => {
    server = createServer((_, response) => response.writeHead(503).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const connection = inject('storageConnection').replace(
      /TableEndpoint=http:\/\/127\.0\.0\.1:\d+/,
      `TableEndpoint=http://127.0.0.1:${port}`,
    );
    broken = createTableParticipantStore(
      TableClient.fromConnectionString(connection, 'participants', {
        allowInsecureConnection: true,
        retryOptions: { maxRetries: 0 },
      }),
    );
  });

  afterAll(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );

  it('is a transient failure of every request', async () => {
    const unavailable = { code: 'storage.unavailable', kind: 'transient' };
    await expect(broken.read(key)).rejects.toMatchObject(unavailable);
    await expect(broken.write(key, '{}', undefined)).rejects.toMatchObject(unavailable);
    await expect(broken.write(key, '{}', 'etag')).rejects.toMatchObject(unavailable);
    await expect(broken.all()[Symbol.asyncIterator]().next()).rejects.toMatchObject(unavailable);
  });
});
