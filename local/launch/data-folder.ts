import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFolderLocked } from '../storage/folder-lock.ts';
import { LaunchError } from './launch-error.ts';

/** What the runtime tells others about itself, and its next start about this one. */
export interface RuntimeFile {
  readonly pid: number;
  readonly storage: string;
  readonly eventHubs: string;
  readonly serviceBus: string;
  /** Address of the host's HTTP functions, once it listens. */
  readonly http?: string;
  /** The application's settings as its host sees them. */
  readonly settings: Readonly<Record<string, string>>;
}

const runtimeFile = 'runtime.json';
const storageFolder = 'storage';
const daysFile = 'sample-days.json';

/** Creates the folder, or empties it first. Refuses to empty a folder that is not a runtime's. */
export async function prepareDataFolder(
  folder: string,
  { isFresh }: { readonly isFresh: boolean },
): Promise<void> {
  if (isFresh && existsSync(folder)) await empty(folder);
  await mkdir(folder, { recursive: true });
}

async function empty(folder: string): Promise<void> {
  const names = await readdir(folder);
  const isOurs = names.includes(runtimeFile) || names.includes(storageFolder);
  if (names.length > 0 && !isOurs) {
    throw new LaunchError(
      `--fresh would delete ${folder}, which is no data folder of Bronzeflow. Name another one with --data.`,
    );
  }
  if (isFolderLocked(join(folder, storageFolder))) {
    throw new LaunchError(
      `--fresh would delete ${folder}, which is in use. Stop its runtime first.`,
    );
  }
  await rm(folder, { recursive: true, force: true });
}

/** Where the processes of the runtime write their logs. */
export function logFolderOf(dataFolder: string): string {
  return join(dataFolder, 'logs');
}

/** Writes `runtime.json` in one piece. */
export async function writeRuntimeFile(folder: string, runtime: RuntimeFile): Promise<void> {
  const path = join(folder, runtimeFile);
  const partial = `${path}.${process.pid}`;
  await writeFile(partial, JSON.stringify(runtime, undefined, 2));
  await rename(partial, path);
}

/** The number of the sample day to publish next: a kept folder gets a new day each time. */
export async function takeSampleDay(folder: string): Promise<number> {
  const path = join(folder, daysFile);
  const published = existsSync(path) ? Number(await readFile(path, 'utf8')) : 0;
  await writeFile(path, String(published + 1));
  return published + 1;
}
