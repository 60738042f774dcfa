import { setTimeout as delay } from 'node:timers/promises';
import { inject } from 'vitest';
import { createSampleApp, HostProcess } from './host-process.ts';

export interface InstanceStatus {
  readonly name: string;
  readonly instanceId: string;
  readonly runtimeStatus: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly customStatus: unknown;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
}

export interface DurableAppOptions {
  readonly source?: string;
  /** `extensions.durableTask` of host.json. */
  readonly durableTask?: object;
  readonly settings?: Record<string, string>;
  readonly storage?: string;
}

let count = 0;

/** A name of a hub that no other test uses. */
function newHubName(): string {
  count += 1;
  return `T${process.pid.toString(36)}${Date.now().toString(36)}x${count}`;
}

/** A sample app in hosts of its own, and the methods of its Durable Functions client. */
export class DurableApp {
  readonly #directory: string;
  readonly #remove: () => Promise<void>;
  readonly #settings: Record<string, string>;
  host: HostProcess;

  constructor(
    app: { directory: string; remove: () => Promise<void> },
    settings: Record<string, string>,
    host: HostProcess,
  ) {
    this.#directory = app.directory;
    this.#remove = app.remove;
    this.#settings = settings;
    this.host = host;
  }

  /** One more host of the same hub. */
  startHost(settings: Record<string, string> = {}): Promise<HostProcess> {
    return HostProcess.start(this.#directory, { ...this.#settings, ...settings });
  }

  /** Kills the host where it stands and starts another one. */
  async crash(): Promise<void> {
    await this.host.end('SIGKILL');
    this.host = await this.startHost();
  }

  /** Calls a method of the client, inside a function of the app. */
  call<Value = unknown>(call: string, ...args: unknown[]): Promise<Value> {
    return this.callAt<Value>(this.host, call, ...args);
  }

  async callAt<Value = unknown>(
    host: HostProcess,
    call: string,
    ...args: unknown[]
  ): Promise<Value> {
    const response = await fetch(`${host.http}/api/client`, {
      method: 'POST',
      body: JSON.stringify({ call, args }),
    });
    const answer = (await response.json()) as { value: Value; error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value;
  }

  /** The management API itself. */
  rpc(method: string, path: string, body?: string): Promise<Response> {
    const url = `${this.host.http}/runtime/webhooks/durabletask/${path}`;
    return fetch(url, { method, ...(body !== undefined && { body }) });
  }

  start(name: string, input?: unknown, options: object = {}): Promise<string> {
    return this.call('startNew', name, { ...options, ...(input !== undefined && { input }) });
  }

  status(id: string): Promise<InstanceStatus> {
    return this.call('getStatus', id);
  }

  async run(name: string, input?: unknown, options: object = {}): Promise<InstanceStatus> {
    return this.finished(await this.start(name, input, options));
  }

  async finished(id: string, timeoutMs = 20_000): Promise<InstanceStatus> {
    const open = ['Pending', 'Running', 'Suspended', 'ContinuedAsNew'];
    return this.until(id, ({ runtimeStatus }) => !open.includes(runtimeStatus), timeoutMs);
  }

  async until(
    id: string,
    condition: (status: InstanceStatus) => boolean,
    timeoutMs = 20_000,
  ): Promise<InstanceStatus> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const status = await this.status(id);
      if (condition(status)) return status;
      if (Date.now() > end) {
        throw new Error(
          `${id} stays ${JSON.stringify(status)}. The host wrote:\n${this.host.lines.slice(-5).join('|').slice(0, 900)}`,
        );
      }
      await delay(20);
    }
  }

  /** Reads until the value is the wanted one; answers the last one read. */
  async eventually(read: () => Promise<unknown>, wanted: unknown): Promise<unknown> {
    const end = Date.now() + 10_000;
    for (;;) {
      const value = await read();
      if (value === wanted || Date.now() > end) return value;
      await delay(20);
    }
  }

  async end(): Promise<void> {
    await this.host.end();
    await this.#remove();
  }
}

export async function startDurableApp(options: DurableAppOptions = {}): Promise<DurableApp> {
  const { source = 'durable-app.mjs', durableTask = {}, storage } = options;
  const hubName = newHubName();
  const app = await createSampleApp(source, {
    extensions: { durableTask: { hubName, ...durableTask } },
  });
  const settings = {
    AzureWebJobsStorage: storage ?? inject('storageConnection'),
    ...options.settings,
  };
  const host = await HostProcess.start(app.directory, settings);
  return new DurableApp(app, settings, host);
}
