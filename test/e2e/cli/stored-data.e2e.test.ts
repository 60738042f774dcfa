import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeGoodTable } from '../../support/good-table.ts';
import {
  createContainer,
  localSettings,
  makeDataFolder,
  uploadTable,
  type LocalData,
} from '../../support/local-data.ts';
import { runNode } from '../../support/run-node.ts';
import { startStorageProcess, type RunningStorage } from '../../support/storage-process.ts';

const count = 'select count(*) as n from brz_event_erp_good';
let data: LocalData;

beforeEach(async () => {
  data = await makeDataFolder({
    storage: 'BlobEndpoint=http://127.0.0.1:1/gone',
    pid: process.pid,
    settings: localSettings('bronze'),
  });
  const storage = await startStorage('runtime');
  const table = await makeGoodTable();
  const container = await createContainer(storage.connection, 'bronze');
  await uploadTable(container, 'brz_event_erp_good', table.files);
  await table.maker.close();
  await storage.stop();
});

afterEach(() => data.remove());

function startStorage(owner: string): Promise<RunningStorage> {
  return startStorageProcess(join(data.folder, 'storage'), owner);
}

async function countRows(): Promise<unknown> {
  const { stdout, stderr } = await runNode(['cli/sql.ts', count, '--json', '--data', data.folder]);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describe('a command on a data folder', () => {
  it('brings storage of its own while no runtime runs, also several commands at once', async () => {
    expect(await Promise.all([countRows(), countRows(), countRows()])).toEqual([
      [{ n: 4 }],
      [{ n: 4 }],
      [{ n: 4 }],
    ]);
  });

  it('uses the storage of a running runtime', async () => {
    const running = await startStorage('runtime');
    const runtime = {
      storage: running.connection,
      pid: running.pid,
      settings: localSettings('bronze'),
    };
    await writeFile(join(data.folder, 'runtime.json'), JSON.stringify(runtime));
    expect(await countRows()).toEqual([{ n: 4 }]);
    expect(await running.stop()).toBe(0);
  });
});
