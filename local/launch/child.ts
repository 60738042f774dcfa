import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { LaunchError } from './launch-error.ts';

export interface ChildOptions {
  /** For messages: `storage`, `broker`, `host`. */
  readonly name: string;
  /** Script and arguments for Node. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Each line of standard output after the first. */
  readonly onLine?: (line: string) => void;
  /** Where its log is written, besides being kept. */
  readonly logFile: string;
}

/** A process of the runtime. It also ends by itself when this process is gone: its input closes. */
export interface Child {
  readonly name: string;
  /** The first line that it printed: it is ready. */
  readonly ready: Promise<string>;
  /** Resolves when it has ended, with what to say about it if nobody asked it to. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

const keptLines = 200;
const shownLines = 15;
/** What a child may take to end in order: a host lets running invocations end. */
const patienceMs = 20_000;

/** Starts a Node process. Its log, what it writes to standard error, is not shown. */
export function startChild({ name, args, env, onLine, logFile }: ChildOptions): Child {
  const child = spawn(process.execPath, [...args], {
    env: env ?? process.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Out of the terminal's process group: Ctrl-C must not end all children at once, unordered.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const log: string[] = [];
  child.stderr.pipe(createWriteStream(logFile));
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.push(line);
    if (log.length > keptLines) log.shift();
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      resolve(`${name} did not start: ${error.message}`);
    });
    child.once('close', (code, signal) => {
      resolve(describeEnd({ name, code, signal, log }));
    });
  });
  const first = Promise.withResolvers<string>();
  let isReady = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (isReady) onLine?.(line);
    isReady = true;
    first.resolve(line);
  });
  // A child that has ended takes no more input.
  child.stdin.on('error', () => undefined);
  return {
    name,
    ready: Promise.race([first.promise, ended.then(refuse)]),
    ended,
    stop: async () => {
      child.stdin.end();
      const kill = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await ended;
      clearTimeout(kill);
    },
  };
}

function refuse(message: string): never {
  throw new LaunchError(message);
}

interface End {
  readonly name: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly log: readonly string[];
}

function describeEnd({ name, code, signal, log }: End): string {
  const how = signal === null ? `with exit code ${String(code)}` : `by ${signal}`;
  const lines = log.slice(-shownLines).map((line) => `  ${line}`);
  return [`${name} ended ${how}${lines.length > 0 ? '; its last lines:' : '.'}`, ...lines].join(
    '\n',
  );
}
