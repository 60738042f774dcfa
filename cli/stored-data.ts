import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeProblems } from '../shared/config/problem.ts';
import { readConfig } from '../shared/config/read-config.ts';
import type { Config } from '../shared/config/config.ts';
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

/** Opens a data folder: through the runtime that has it, else with a storage process of our own. */
export async function openStoredData(dataFolder: string): Promise<StoredData> {
  const path = join(dataFolder, 'runtime.json');
  if (!existsSync(path)) {
    throw new CommandError(
      `${dataFolder} holds no data of Bronzeflow. Run "npm start" first, or name the folder: --data DIR.`,
    );
  }
  const cacheFolder = join(dataFolder, 'cache');
  const before = await readRuntimeFile(path);
  if (before?.storage === 'external') {
    return { config: toConfig(before.settings), cacheFolder, close: () => Promise.resolve() };
  }
  const storage = await startStorage(dataFolder);
  if (storage === 'runtime') {
    const { settings } = await waitForRuntimeFile(path);
    return { config: toConfig(settings), cacheFolder, close: () => Promise.resolve() };
  }
  const settings = { ...before?.settings, ...storageSettings(storage.connection) };
  return { config: toConfig(settings), cacheFolder, close: () => storage.stop() };
}

/** A runtime writes the file when its storage listens: until then it is absent or not whole. */
async function waitForRuntimeFile(path: string): Promise<RuntimeFile> {
  const deadline = performance.now() + startingMs;
  for (;;) {
    const file = await readRuntimeFile(path);
    if (file !== undefined) return file;
    if (performance.now() > deadline) {
      throw new CommandError(`The runtime does not say how to reach it: ${path} is not readable.`);
    }
    await sleep(pauseMs);
  }
}

async function readRuntimeFile(path: string): Promise<RuntimeFile | undefined> {
  return existsSync(path) ? parseRuntimeFile(await readFile(path, 'utf8')) : undefined;
}

function storageSettings(connection: string): Readonly<Record<string, string>> {
  return {
    AzureWebJobsStorage: connection,
    StateStorage: connection,
    BronzeStorage: connection,
  };
}

function toConfig(settings: Readonly<Record<string, string>>): Config {
  const config = readConfig(settings);
  if (config.ok) return config.value;
  throw new CommandError(describeProblems(config.problem));
}
