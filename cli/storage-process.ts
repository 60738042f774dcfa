import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from './command-error.ts';
import { parseStorageAnswer } from './runtime-file-codec.ts';

/** The storage of a data folder, open for as long as a command needs it. */
export interface StorageProcess {
  readonly connection: string;
  /** Ends the process with everything saved. */
  stop(): Promise<void>;
}

/** How long to wait for another command that has the folder. */
const patienceMs = 60_000;
const pauseMs = 250;

/**
 * Starts the storage of a data folder, or answers `runtime` when a running runtime has it. Another
 * command that has it is waited for.
 */
export async function startStorage(dataFolder: string): Promise<StorageProcess | 'runtime'> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const answer = await tryStorage(dataFolder);
    if (!('owner' in answer)) return answer;
    if (answer.owner === 'runtime') return 'runtime';
    if (performance.now() > deadline) {
      throw new CommandError(
        `${dataFolder} is in use by another command (process ${answer.pid ?? 'unknown'}). Try again when it is done.`,
      );
    }
    await sleep(pauseMs);
  }
}

type Owner = { readonly owner: string; readonly pid: number | undefined };

async function tryStorage(dataFolder: string): Promise<StorageProcess | Owner> {
  const main = join(import.meta.dirname, '../local/storage/main.ts');
  const folder = join(dataFolder, 'storage');
  const child = spawn(process.execPath, [main, '--folder', folder, '--owner', 'command'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true) {
    throw new CommandError(`The storage of ${dataFolder} did not start; its message is above.`);
  }
  const { storage, inUse } = parseStorageAnswer(first.value);
  if (storage === undefined) return { owner: inUse?.owner ?? 'unknown', pid: inUse?.pid };
  child.stdout.resume();
  return {
    connection: storage,
    stop: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
