import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child-process.ts';

export interface RunningAzurite {
  readonly connection: string;
  readonly stop: () => Promise<void>;
}

/** Starts an Azurite of its own on free ports; it ends with this process at the latest. */
export async function startAzurite(): Promise<RunningAzurite> {
  const folder = await mkdtemp(join(tmpdir(), 'bronzeflow-storage-'));
  const child = await startChild(['local/storage/main.ts', '--folder', folder]);
  return {
    connection: String(child.ready['storage']),
    stop: async () => {
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
