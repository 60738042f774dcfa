import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { durationMs, type DurationMs } from '../../../shared/kernel/time.ts';
import { readDurableOptions, type DurableOptions } from '../durable/durable-options.ts';
import { HostStartError } from './host-problem.ts';
import { isRecord, memberAt } from './json-shape.ts';
import { parseJson } from './local-settings.ts';
import { OptionReader } from './option-reader.ts';
import type { Settings } from './settings.ts';

/** Which event is the first for a partition without a checkpoint. */
type InitialOffset = 'fromStart' | 'fromEnd' | 'fromEnqueuedTime';

export interface EventHubsOptions {
  readonly maxEventBatchSize: number;
  /** Above 1, events wait in memory until so many are there or `maxWaitTime` has passed. */
  readonly minEventBatchSize: number;
  readonly maxWaitTime: DurationMs;
  readonly prefetchCount: number;
  /** A checkpoint is written after every so many batches. */
  readonly batchCheckpointFrequency: number;
  readonly initialOffset: InitialOffset;
  /** Only for `fromEnqueuedTime`: ISO 8601. */
  readonly initialEnqueuedTime: string | undefined;
}

export interface ServiceBusOptions {
  readonly autoCompleteMessages: boolean;
  readonly maxAutoLockRenewalDuration: DurationMs;
  readonly maxConcurrentCalls: number;
  readonly maxConcurrentSessions: number;
  readonly maxConcurrentCallsPerSession: number;
  /** A session without messages for so long is given back. */
  readonly sessionIdleTimeout: DurationMs;
  readonly maxMessageBatchSize: number;
  readonly minMessageBatchSize: number;
  readonly maxBatchWaitTime: DurationMs;
}

/** What the host takes from host.json; everything else there is the real host's business. */
export interface HostJson {
  readonly routePrefix: string;
  readonly functionTimeout: DurationMs | undefined;
  readonly eventHubs: EventHubsOptions;
  readonly serviceBus: ServiceBusOptions;
  readonly durableTask: DurableOptions;
}

const fileName = 'host.json';
const overridePrefix = 'AzureFunctionsJobHost__';
const minute = durationMs(60_000);

/**
 * Reads `host.json` of an app, with overrides from settings `AzureFunctionsJobHost__path__to__key`.
 *
 * Errors: `HostStartError` with every faulty value.
 */
export async function readHostJson(
  appDirectory: string,
  settings: Settings,
  cores: number,
): Promise<HostJson> {
  const file = join(appDirectory, fileName);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    const remedy = 'Start in the folder of an app, or name it with --app';
    throw new HostStartError([{ where: file, key: 'file', problem: 'cannot be read', remedy }]);
  }
  return parseHostJson(parseJson(file, text), settings, cores);
}

/** Errors: `HostStartError` with every faulty value. */
export function parseHostJson(content: unknown, settings: Settings, cores: number): HostJson {
  const readers: OptionReader[] = [];
  const section = (...path: string[]): OptionReader => {
    const prefix = path.map((name) => `${name}.`).join('');
    const values = { ...fileValues(content, path), ...overrides(settings, path) };
    const reader = new OptionReader({ where: fileName, prefix, values, settings });
    readers.push(reader);
    return reader;
  };
  const parsed: HostJson = {
    routePrefix: section('extensions', 'http').text('routePrefix') ?? 'api',
    functionTimeout: readFunctionTimeout(section()),
    eventHubs: readEventHubs(
      section('extensions', 'eventHubs'),
      section('extensions', 'eventHubs', 'initialOffsetOptions'),
    ),
    serviceBus: readServiceBus(section('extensions', 'serviceBus'), cores),
    durableTask: readDurableOptions(section('extensions', 'durableTask'), cores),
  };
  const problems = readers.flatMap((reader) => reader.problems);
  if (problems.length > 0) throw new HostStartError(problems);
  return parsed;
}

function fileValues(content: unknown, path: readonly string[]): Readonly<Record<string, unknown>> {
  const values = memberAt(content, path);
  return isRecord(values) ? values : {};
}

function overrides(settings: Settings, path: readonly string[]): Record<string, string> {
  return settings.below(`${overridePrefix}${path.map((name) => `${name}__`).join('')}`);
}

/** `-1` means no limit, as in the real host. */
function readFunctionTimeout(reader: OptionReader): DurationMs | undefined {
  if (reader.text('functionTimeout') === '-1') return undefined;
  return reader.duration('functionTimeout', durationMs(30 * minute));
}

function readEventHubs(reader: OptionReader, offset: OptionReader): EventHubsOptions {
  const words = ['fromStart', 'fromEnd', 'fromEnqueuedTime'] as const;
  return {
    maxEventBatchSize: reader.wholeNumber('maxEventBatchSize', 100, { min: 1, max: 10_000 }),
    minEventBatchSize: reader.wholeNumber('minEventBatchSize', 1, { min: 1, max: 10_000 }),
    maxWaitTime: reader.duration('maxWaitTime', minute),
    prefetchCount: reader.wholeNumber('prefetchCount', 300, { min: 0, max: 10_000 }),
    batchCheckpointFrequency: reader.wholeNumber('batchCheckpointFrequency', 1, {
      min: 1,
      max: 10_000,
    }),
    initialOffset: offset.choice('type', words, 'fromStart'),
    initialEnqueuedTime: offset.text('enqueuedTimeUtc'),
  };
}

function readServiceBus(reader: OptionReader, cores: number): ServiceBusOptions {
  const many = { min: 1, max: 10_000 };
  return {
    autoCompleteMessages: reader.flag('autoCompleteMessages', true),
    maxAutoLockRenewalDuration: reader.duration(
      'maxAutoLockRenewalDuration',
      durationMs(5 * minute),
    ),
    maxConcurrentCalls: reader.wholeNumber('maxConcurrentCalls', 16 * cores, many),
    maxConcurrentSessions: reader.wholeNumber('maxConcurrentSessions', 8, many),
    maxConcurrentCallsPerSession: reader.wholeNumber('maxConcurrentCallsPerSession', 1, many),
    sessionIdleTimeout: reader.duration('sessionIdleTimeout', minute),
    maxMessageBatchSize: reader.wholeNumber('maxMessageBatchSize', 1000, { min: 1, max: 2000 }),
    minMessageBatchSize: reader.wholeNumber('minMessageBatchSize', 1, { min: 1, max: 2000 }),
    maxBatchWaitTime: reader.duration('maxBatchWaitTime', durationMs(30_000)),
  };
}
