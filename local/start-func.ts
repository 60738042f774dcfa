/**
 * Command: `npm run start:func`. The same storage and broker as `npm start`, with the application
 * in the real Functions host of Core Tools. Arguments after `--` go to `func start`.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { assembleCrew, type Crew } from './launch/crew.ts';
import { logFolderOf, prepareDataFolder } from './launch/data-folder.ts';
import { repository } from './launch/foundation.ts';
import { launchFoundation } from './launch/launch.ts';
import { runUntilStopped } from './launch/run-until-stopped.ts';

const howToInstall = `Core Tools are not installed: there is no "func" on the path. Install version 4:

  npm install --global azure-functions-core-tools@4
  (other ways: https://learn.microsoft.com/azure/azure-functions/functions-run-local)

Without them, "npm start" runs the same application in the embedded host.
`;

const dataFolder = '.bronzeflow';
const ports = { storage: [0, 0, 0], broker: [0, 0], http: 0 } as const;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);
const isWindows = process.platform === 'win32';

const func = findFunc();
if (func === undefined) {
  process.stderr.write(howToInstall);
  process.exitCode = 1;
} else {
  const crew = assembleCrew(logFolderOf(dataFolder));
  const exitCode = await runUntilStopped(crew, () => run(func, crew), complain);
  process.exit(exitCode);
}

function findFunc(): string | undefined {
  const names = isWindows ? ['func.cmd', 'func.exe'] : ['func'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync);
}

async function run(command: string, crew: Crew): Promise<number> {
  await prepareDataFolder(dataFolder, { isFresh: false });
  const { settings } = await launchFoundation({ crew, dataFolder, ports, env: process.env, say });
  // Core Tools let the environment win over local.settings.json, and need no such file then.
  const child = spawn(command, ['start', ...process.argv.slice(2)], {
    cwd: repository,
    env: { ...process.env, ...settings },
    stdio: 'inherit',
    shell: isWindows,
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}
