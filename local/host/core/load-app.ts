import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HostStartError } from '../settings/host-problem.ts';
import { ownMember } from '../settings/json-shape.ts';
import { parseJson } from '../settings/local-settings.ts';

export interface AppPackage {
  readonly name: string | undefined;
  /** The file or files to load, relative to the app's folder; a glob is allowed. */
  readonly main: string;
}

/** Reads the app's package.json. Errors: `HostStartError` if it or its `main` is missing. */
export async function readAppPackage(appDirectory: string): Promise<AppPackage> {
  const file = join(appDirectory, 'package.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    const remedy = 'Start in the folder of an app, or name it with --app';
    throw new HostStartError([{ where: file, key: 'file', problem: 'cannot be read', remedy }]);
  }
  const content = parseJson(file, text);
  const main = ownMember(content, 'main');
  const name = ownMember(content, 'name');
  if (typeof main !== 'string' || main === '') {
    const remedy = 'Set "main" to the built entry file';
    throw new HostStartError([{ where: file, key: 'main', problem: 'is missing', remedy }]);
  }
  return { name: typeof name === 'string' ? name : undefined, main };
}

/** Loads the app's entry files, in order of name. What they throw while loading goes to the caller. */
export async function loadApp(appDirectory: string, main: string): Promise<void> {
  const files: string[] = [];
  for await (const file of glob(main, { cwd: appDirectory })) files.push(file);
  if (files.length === 0) {
    const where = join(appDirectory, 'package.json');
    const problem = `no file matches ${JSON.stringify(main)}`;
    throw new HostStartError([{ where, key: 'main', problem, remedy: 'Build the app first' }]);
  }
  for (const file of files.sort()) await import(pathToFileURL(join(appDirectory, file)).href);
}
