import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const repository = resolve(import.meta.dirname, '../../..');
const entry = join(repository, 'local/host/main.ts');

export interface SampleApp {
  readonly directory: string;
  readonly remove: () => Promise<void>;
}

/** Copies a sample app of this folder into a folder of its own, with package.json and host.json. */
export async function createSampleApp(source: string, hostJson: object = {}): Promise<SampleApp> {
  const directory = await mkdtemp(join(tmpdir(), 'host-app-'));
  const main = `index${extname(source)}`;
  await copyFile(join(import.meta.dirname, source), join(directory, main));
  await writeFile(join(directory, 'package.json'), JSON.stringify({ name: source, main }));
  await writeFile(join(directory, 'host.json'), JSON.stringify({ version: '2.0', ...hostJson }));
  await symlink(join(repository, 'node_modules'), join(directory, 'node_modules'));
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** A Functions host as a child process. */
export class HostProcess {
  readonly #child;
  readonly #lines: string[] = [];
  #http = '';
  functions: readonly { readonly name: string; readonly type: string }[] = [];

  constructor(app: string, settings: Record<string, string> = {}, args: readonly string[] = []) {
    this.#child = spawn(process.execPath, [entry, '--app', app, ...args], {
      env: { PATH: process.env['PATH'], TZ: 'UTC', ...settings },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    createInterface({ input: this.#child.stderr }).on('line', (line) => this.#lines.push(line));
  }

  /** Starts a host and waits until it listens. */
  static async start(
    app: string,
    settings: Record<string, string> = {},
    args: readonly string[] = [],
  ): Promise<HostProcess> {
    const host = new HostProcess(app, settings, args);
    await host.#listening();
    return host;
  }

  get http(): string {
    return this.#http;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything written to standard error, in lines. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  get output(): string {
    return this.#lines.join('\n');
  }

  /** What the app has logged as `@name {json}`. */
  records<Value = unknown>(name: string): Value[] {
    const marker = `.User: @${name} `;
    return this.#lines.flatMap((line) => {
      const at = line.indexOf(marker);
      return at === -1 ? [] : [JSON.parse(line.slice(at + marker.length)) as Value];
    });
  }

  /** Waits for so many records of a name. */
  async waitForRecords<Value = unknown>(name: string, count: number): Promise<Value[]> {
    await this.waitUntil(() => this.records(name).length >= count, `${count} x @${name}`);
    return this.records<Value>(name);
  }

  async waitUntil(condition: () => boolean, what: string, timeoutMs = 20_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!condition()) {
      if (Date.now() > end || this.#child.exitCode !== null) {
        throw new Error(`Waited in vain for ${what}. The host wrote:\n${this.output}`);
      }
      await delay(20);
    }
  }

  /** Ends standard input, as a parent that dies does. */
  endInput(): void {
    this.#child.stdin.end();
  }

  /** Sends a signal and waits for the end. */
  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    this.#child.kill(signal);
    return this.exited();
  }

  async exited(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, 'close');
    }
    return this.#child.exitCode;
  }

  async #listening(): Promise<void> {
    for await (const line of createInterface({ input: this.#child.stdout })) {
      const ready = JSON.parse(line) as { http: string; functions: HostProcess['functions'] };
      this.#http = ready.http;
      this.functions = ready.functions;
      return;
    }
    await this.exited();
    throw new Error(`The host did not start:\n${this.output}`);
  }
}
