import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobServiceClient } from '@azure/storage-blob';
import { TableClient } from '@azure/data-tables';
import { runNode } from '../../../support/run-node.ts';
import { startStorageProcess } from '../../../support/storage-process.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-storage-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function tableOf(connection: string): TableClient {
  return TableClient.fromConnectionString(connection, 'ledger', { allowInsecureConnection: true });
}

describe('the storage process', () => {
  it('keeps blobs and rows between runs, ended by its standard input', async () => {
    const first = await startStorageProcess(folder, 'runtime');
    const container = BlobServiceClient.fromConnectionString(first.connection).getContainerClient(
      'bronze',
    );
    await container.create();
    await container.getBlockBlobClient('a').uploadData(Buffer.from('kept'));
    await tableOf(first.connection).createTable();
    await tableOf(first.connection).createEntity({ partitionKey: 'p', rowKey: 'r', n: 7 });
    expect(await first.stop()).toBe(0);

    const second = await startStorageProcess(folder, 'runtime');
    const blob = BlobServiceClient.fromConnectionString(second.connection)
      .getContainerClient('bronze')
      .getBlobClient('a');
    expect((await blob.downloadToBuffer()).toString()).toBe('kept');
    expect(await tableOf(second.connection).getEntity('p', 'r')).toMatchObject({ n: 7 });
    expect(await second.stop()).toBe(0);
  });

  it('says who has the folder when another process has it', async () => {
    const owner = await startStorageProcess(folder, 'runtime');
    const other = await runNode(['local/storage/main.ts', '--folder', folder], {
      expectFailure: true,
    });
    expect(other.code).toBe(75);
    expect(JSON.parse(other.stdout)).toEqual({ inUse: { owner: 'runtime', pid: owner.pid } });
    await owner.stop();
  });

  it('leaves no stale lock behind when it is killed', async () => {
    const killed = await startStorageProcess(folder, 'runtime');
    await killed.kill('SIGKILL');
    const next = await startStorageProcess(folder, 'runtime');
    expect(await next.kill('SIGTERM')).toBe(0);
  });

  it('ends in order when its standard input is closed before it listens', async () => {
    const { code } = await runNode(['local/storage/main.ts', '--folder', folder], { input: '' });
    expect(code).toBe(0);
  });
});
