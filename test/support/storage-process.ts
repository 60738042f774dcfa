import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface RunningStorage {
  readonly connection: string;
  readonly pid: number;
  /** Ends the process through its standard input, as a parent that dies does. */
  stop(): Promise<number | null>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts `local/storage/main.ts` on a folder; throws with its answer when it does not listen. */
export async function startStorageProcess(folder: string, owner: string): Promise<RunningStorage> {
  const args = ['local/storage/main.ts', '--folder', folder, '--owner', owner];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  const answer = JSON.parse(String(first.value)) as { storage?: string };
  if (answer.storage === undefined)
    throw new Error(`${String(first.value)} ${String(await exited)}`);
  return {
    connection: answer.storage,
    pid: child.pid ?? 0,
    stop: () => {
      child.stdin.end();
      return exited;
    },
    kill: (signal) => {
      child.kill(signal);
      return exited;
    },
  };
}
