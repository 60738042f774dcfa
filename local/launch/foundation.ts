import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseBrokerAnswer, parseSettingsFile, parseStorageAnswer } from './answers-codec.ts';
import type { Crew } from './crew.ts';
import { chooseSettings, type SettingValues } from './choose-settings.ts';
import { LaunchError } from './launch-error.ts';

/** Ports that were asked for; 0 is any free one. */
export interface Ports {
  /** Blob, queue and table service. */
  readonly storage: readonly [number, number, number];
  /** Event Hubs and Service Bus. */
  readonly broker: readonly [number, number];
  readonly http: number;
}

/** Storage and broker, and the application's settings for them. */
export interface Foundation {
  readonly storage: string;
  readonly eventHubs: string;
  readonly serviceBus: string;
  readonly settings: Readonly<Record<string, string>>;
}

export interface FoundationOptions {
  readonly crew: Crew;
  readonly dataFolder: string;
  readonly ports: Ports;
  readonly env: NodeJS.ProcessEnv;
  /** Settings of this launch, for keys on which a person has said nothing else. */
  readonly defaults?: SettingValues;
  readonly say: (line: string) => void;
}

/** The repository: processes are started by their paths in it. */
export const repository = resolve(import.meta.dirname, '../..');

/**
 * Starts storage and broker as processes. A connection string in the environment is used instead:
 * so Microsoft's emulators, or Azure, can take the place of either.
 */
export async function layFoundation(options: FoundationOptions): Promise<Foundation> {
  const { env } = options;
  const storage = textOf(env, 'AzureWebJobsStorage') ?? (await startStorage(options));
  const brokers = await startBroker(options);
  const settings = {
    ...(await readSettings(options)),
    AzureWebJobsStorage: storage,
    StateStorage: textOf(env, 'StateStorage') ?? storage,
    BronzeStorage: textOf(env, 'BronzeStorage') ?? storage,
    EventHubs: brokers.eventHubs,
    ServiceBus: brokers.serviceBus,
  };
  return { storage, ...brokers, settings };
}

async function readSettings({ env, defaults = {} }: FoundationOptions): Promise<SettingValues> {
  return chooseSettings({
    sample: (await readSettingsFile('local.settings.sample.json')) ?? {},
    own: await readSettingsFile('local.settings.json'),
    defaults,
    env,
  });
}

async function startStorage({ crew, dataFolder, ports, say }: FoundationOptions): Promise<string> {
  const ready = await crew.start({
    name: 'storage',
    args: [
      join(repository, 'local/storage/main.ts'),
      ...['--folder', join(dataFolder, 'storage')],
      ...['--owner', 'runtime'],
      ...['--ports', ports.storage.join(',')],
    ],
  });
  const { storage, inUse } = parseStorageAnswer(ready);
  if (storage === undefined) {
    throw new LaunchError(
      `${dataFolder} is in use by ${describeOwner(inUse?.owner)} (process ${inUse?.pid ?? 'unknown'}). ` +
        'Stop it first, or use another folder: --data DIR.',
    );
  }
  say(`storage  ${endpointOf(storage)}`);
  return storage;
}

interface Brokers {
  readonly eventHubs: string;
  readonly serviceBus: string;
}

async function startBroker(options: FoundationOptions): Promise<Brokers> {
  const { crew, ports, env, say } = options;
  const given = { eventHubs: textOf(env, 'EventHubs'), serviceBus: textOf(env, 'ServiceBus') };
  const args = [
    ...(given.eventHubs === undefined ? namespaceArgs('event-hubs', ports.broker[0]) : []),
    ...(given.serviceBus === undefined ? namespaceArgs('service-bus', ports.broker[1]) : []),
  ];
  const answer = args.length === 0 ? {} : await runBroker(crew, args);
  const brokers = completeBrokers({ ...answer, ...withoutUndefined(given) });
  const { eventHubs, serviceBus } = brokers;
  say(`broker   ${endpointOf(eventHubs)} (Event Hubs), ${endpointOf(serviceBus)} (Service Bus)`);
  return brokers;
}

function namespaceArgs(kind: 'event-hubs' | 'service-bus', port: number): readonly string[] {
  const file = join(repository, `local/config/${kind}.json`);
  return [`--${kind}`, file, `--${kind}-port`, String(port)];
}

function completeBrokers({ eventHubs, serviceBus }: Partial<Brokers>): Brokers {
  if (eventHubs !== undefined && serviceBus !== undefined) return { eventHubs, serviceBus };
  throw new LaunchError('The broker does not say how to reach it.');
}

function withoutUndefined<Value>(record: Readonly<Record<string, Value | undefined>>) {
  const pairs = Object.entries(record).flatMap(([key, value]): [string, Value][] =>
    value === undefined ? [] : [[key, value]],
  );
  return Object.fromEntries(pairs);
}

/** A variable that is blank is not set. */
function textOf(env: NodeJS.ProcessEnv, key: string): string | undefined {
  const text = env[key]?.trim();
  return text === '' ? undefined : text;
}

async function runBroker(crew: Crew, args: readonly string[]) {
  const script = join(repository, 'local/broker/main.ts');
  const ready = await crew.start({ name: 'broker', args: [script, ...args] });
  return parseBrokerAnswer(ready);
}

async function readSettingsFile(name: string): Promise<SettingValues | undefined> {
  const path = join(repository, name);
  return existsSync(path) ? parseSettingsFile(await readFile(path, 'utf8')) : undefined;
}

function describeOwner(owner: string | undefined): string {
  return owner === 'runtime' ? 'another runtime' : 'another command';
}

/** Where a connection string leads, without its key. */
function endpointOf(connection: string): string {
  const url = /(?:BlobEndpoint|Endpoint)=(\w+:\/\/[^;/]+)/i.exec(connection)?.[1];
  return url ?? 'from the environment';
}
