import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareDataFolder, takeSampleDay } from '../../../../local/launch/data-folder.ts';
import { startStorageProcess } from '../../../support/storage-process.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-folder-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a data folder', () => {
  it('is created with the folders above it', async () => {
    const deep = join(folder, 'a/b');
    await prepareDataFolder(deep, { isFresh: true });
    expect(existsSync(deep)).toBe(true);
  });

  it('is emptied when that is asked for, and kept otherwise', async () => {
    await writeFile(join(folder, 'runtime.json'), '{}');
    await prepareDataFolder(folder, { isFresh: false });
    expect(existsSync(join(folder, 'runtime.json'))).toBe(true);
    await prepareDataFolder(folder, { isFresh: true });
    expect(existsSync(join(folder, 'runtime.json'))).toBe(false);
  });

  it('is never emptied when it is somebody else’s', async () => {
    await mkdir(join(folder, 'photos'));
    await expect(prepareDataFolder(folder, { isFresh: true })).rejects.toThrow(/no data folder/);
    expect(existsSync(join(folder, 'photos'))).toBe(true);
  });

  it('is never emptied while a runtime has it', async () => {
    const storage = await startStorageProcess(join(folder, 'storage'), 'runtime');
    await expect(prepareDataFolder(folder, { isFresh: true })).rejects.toThrow(/in use/);
    await storage.stop();
    await prepareDataFolder(folder, { isFresh: true });
    expect(existsSync(join(folder, 'storage'))).toBe(false);
  });

  it('gets the next sample day each time', async () => {
    const days = [await takeSampleDay(folder), await takeSampleDay(folder)];
    expect([...days, await takeSampleDay(folder)]).toEqual([1, 2, 3]);
  });
});
