import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild, type RunningChild } from './child-process.ts';

export interface RunningAzurite {
  readonly connection: string;
  readonly stop: () => Promise<void>;
  /** Goes down and keeps its data; `restart` brings it back on the same ports. */
  readonly pause: () => Promise<void>;
  readonly restart: () => Promise<void>;
}

/** Starts an Azurite of its own on free ports; it ends with this process at the latest. */
export async function startAzurite(): Promise<RunningAzurite> {
  const folder = await mkdtemp(join(tmpdir(), 'bronzeflow-storage-'));
  const run = (ports: string): Promise<RunningChild> =>
    startChild(['local/storage/main.ts', '--folder', folder, '--ports', ports]);
  let child = await run('0,0,0');
  const connection = String(child.ready['storage']);
  return {
    connection,
    pause: () => child.stop(),
    restart: async () => {
      child = await run(portsOf(connection));
    },
    stop: async () => {
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function portsOf(connection: string): string {
  const ports = ['Blob', 'Queue', 'Table'].map(
    (service) => new RegExp(`${service}Endpoint=http://[^:]+:(\\d+)`).exec(connection)?.[1],
  );
  return ports.join(',');
}
