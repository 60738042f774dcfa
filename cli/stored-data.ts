import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../shared/config/config.ts';
import { describeProblems } from '../shared/config/problem.ts';
import { readConfig } from '../shared/config/read-config.ts';
import { CommandError } from './command-error.ts';
import { parseRuntimeFile, type RuntimeFile } from './runtime-file-codec.ts';
import { startStorage } from './storage-process.ts';

/** What a runtime has stored, readable whether it runs or not. */
export interface StoredData {
  readonly config: Config;
  /** For copies of data files. */
  readonly cacheFolder: string;
  close(): Promise<void>;
}

/** How long a runtime that has just started may take to say how to reach it. */
const startingMs = 15_000;
const pauseMs = 250;

/**
 * Opens a data folder: through the runtime that has it, else with a storage process of our own on
 * its files. A runtime without files in the folder has its storage elsewhere.
 */
export async function openStoredData(dataFolder: string): Promise<StoredData> {
  const path = join(dataFolder, 'runtime.json');
  const file = await readRuntimeFile(path);
  if (file === undefined) {
    throw new CommandError(
      `${dataFolder} holds no data of Bronzeflow. Run "npm start" first, or name the folder: --data DIR.`,
    );
  }
  const cacheFolder = join(dataFolder, 'cache');
  const isElsewhere = !existsSync(join(dataFolder, 'storage'));
  if (isElsewhere || (await isRunning(file))) {
    return { config: toConfig(file), cacheFolder, close: () => Promise.resolve() };
  }
  const storage = await startStorage(dataFolder);
  if (storage === 'runtime') {
    const config = toConfig(await waitForRuntime(path));
    return { config, cacheFolder, close: () => Promise.resolve() };
  }
  const config = toConfig({ ...file, storage: storage.connection });
  return { config, cacheFolder, close: () => storage.stop() };
}

/** A runtime that has just started writes its file when its storage listens. */
async function waitForRuntime(path: string): Promise<RuntimeFile> {
  const deadline = performance.now() + startingMs;
  while (performance.now() < deadline) {
    const file = await readRuntimeFile(path);
    if (file !== undefined && (await isRunning(file))) return file;
    await sleep(pauseMs);
  }
  throw new CommandError(`A runtime has the folder but is not ready: ${path} is out of date.`);
}

async function readRuntimeFile(path: string): Promise<RuntimeFile | undefined> {
  return existsSync(path) ? parseRuntimeFile(await readFile(path, 'utf8')) : undefined;
}

/** Its process lives and its storage answers: after a reboot, another process may have its id. */
async function isRunning({ pid, storage }: RuntimeFile): Promise<boolean> {
  return isAlive(pid) && (await listens(storage));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function listens(storage: string): Promise<boolean> {
  const endpoint = /BlobEndpoint=http:\/\/([^:/]+):(\d+)/.exec(storage);
  return new Promise((resolve) => {
    const socket = connect({ host: endpoint?.[1] ?? '', port: Number(endpoint?.[2] ?? 0) });
    const answer = (isListening: boolean) => (): void => {
      socket.destroy();
      resolve(isListening);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
  });
}

function toConfig({ settings, storage }: RuntimeFile): Config {
  const config = readConfig({
    ...settings,
    AzureWebJobsStorage: storage,
    StateStorage: storage,
    BronzeStorage: storage,
  });
  if (config.ok) return config.value;
  throw new CommandError(describeProblems(config.problem));
}
