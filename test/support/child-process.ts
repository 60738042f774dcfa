import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface RunningChild {
  readonly pid: number;
  /** The first JSON object that the child printed on stdout. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** The last lines of stderr, for a failing test. */
  log(): string;
  /** Asks the child to end and waits for it. */
  stop(): Promise<void>;
  /** SIGKILL: the child gets no chance to put anything in order. */
  kill(): Promise<void>;
}

const keptLogLines = 400;

/** Starts a Node process of this repository and waits for its line of JSON. */
export async function startChild(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningChild> {
  const child = spawn(process.execPath, [...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > keptLogLines) lines.shift();
  });
  const end = (signal: NodeJS.Signals) => async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  try {
    const ready = await firstJson(child);
    return {
      pid: child.pid ?? 0,
      ready,
      log: () => lines.join('\n'),
      stop: end('SIGTERM'),
      kill: end('SIGKILL'),
    };
  } catch (error) {
    await end('SIGKILL')();
    throw new Error(`${args.join(' ')} did not start:\n${lines.join('\n')}`, { cause: error });
  }
}

async function firstJson(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
): Promise<Record<string, unknown>> {
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue;
    child.stdout.resume();
    return JSON.parse(line) as Record<string, unknown>;
  }
  throw new Error(`it ended with code ${String(child.exitCode)} before it was ready`);
}
