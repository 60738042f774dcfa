import { readFile } from 'node:fs/promises';
import { startAzurite } from './azurite.ts';
import { startChild, type RunningChild } from './child-process.ts';

/** Storage and broker with the project's own entities, and hosts of the built app on them. */
export interface Runtime {
  readonly storage: string;
  readonly eventHubs: string;
  readonly serviceBus: string;
  /** The settings that a host of this runtime gets. */
  readonly settings: Readonly<Record<string, string>>;
  startHost(): Promise<RunningChild>;
  /** Storage goes down and comes back with its data. */
  readonly pauseStorage: () => Promise<void>;
  readonly restartStorage: () => Promise<void>;
  stop(): Promise<void>;
}

export interface RuntimeOptions {
  /** Settings that the test wants otherwise. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Service Bus entities of the test's own, in the emulator's format. */
  readonly serviceBusConfig?: string;
}

/** Starts Azurite and the broker, on free ports. */
export async function startRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const azurite = await startAzurite();
  const broker = await startChild([
    'local/broker/main.ts',
    ...['--event-hubs', 'local/config/event-hubs.json'],
    ...['--service-bus', options.serviceBusConfig ?? 'local/config/service-bus.json'],
  ]);
  const eventHubs = String(broker.ready['eventHubs']);
  const serviceBus = String(broker.ready['serviceBus']);
  const settings = {
    ...(await sampleSettings()),
    AzureWebJobsStorage: azurite.connection,
    StateStorage: azurite.connection,
    BronzeStorage: azurite.connection,
    EventHubs: eventHubs,
    ServiceBus: serviceBus,
    ...options.settings,
  };
  const hosts: RunningChild[] = [];
  return {
    storage: azurite.connection,
    eventHubs,
    serviceBus,
    settings,
    pauseStorage: azurite.pause,
    restartStorage: azurite.restart,
    startHost: async () => {
      const host = await startChild(['local/host/main.ts', '--app', '.', '--port', '0'], settings);
      hosts.push(host);
      return host;
    },
    stop: async () => {
      for (const host of hosts) await host.stop();
      await broker.stop();
      await azurite.stop();
    },
  };
}

async function sampleSettings(): Promise<Record<string, string>> {
  const sample = JSON.parse(await readFile('local.settings.sample.json', 'utf8')) as {
    readonly Values: Record<string, string>;
  };
  return sample.Values;
}
