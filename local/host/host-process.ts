import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { systemClock } from '../../shared/kernel/time.ts';
import { parseCommandLine, usage, type CommandLine } from './command-line.ts';
import { createLineLog, type HostLog } from './host-log.ts';
import { durableTriggerKinds } from './durable/triggers/durable-triggers.ts';
import { startHost, type RunningHost } from './host.ts';
import { errorText, HostStartError } from './settings/host-problem.ts';
import { readLocalOptions } from './settings/local-options.ts';
import { readLocalSettings } from './settings/local-settings.ts';
import { Settings } from './settings/settings.ts';
import { blobTriggerKind } from './triggers/blob/blob-trigger.ts';
import { eventHubTriggerKind } from './triggers/event-hub/event-hub-trigger.ts';
import { httpTriggerKind } from './triggers/http/http-trigger.ts';
import { serviceBusTriggerKind } from './triggers/service-bus/service-bus-trigger.ts';
import { timerTriggerKind } from './triggers/timer/timer-trigger.ts';
import { TriggerKinds } from './triggers/trigger-kinds.ts';

/**
 * Runs a host as this process, until a signal or the end of standard input.
 *
 * Exit codes: 0 after a stop, 1 if the host or the app cannot start, 2 for a wrong command line.
 */
export async function runHostProcess(): Promise<void> {
  const commandLine = parseCommandLine(process.argv.slice(2));
  if (!commandLine.ok) {
    process.stderr.write(`${commandLine.problem}\n${usage}\n`);
    process.exit(2);
  }
  try {
    await run(commandLine.value);
  } catch (error) {
    process.stderr.write(`${describeStartFailure(error)}\n`);
    process.exit(1);
  }
}

/** Standard output is for the one line that says where the host listens: all else goes to stderr. */
function claimStandardOutput(): (line: string) => void {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return (line) => write(`${line}\n`);
}

async function run({ appDirectory, settingsFile, port }: CommandLine): Promise<void> {
  const announce = claimStandardOutput();
  const stopRequested = watchForStop();
  const fromFile = settingsFile === undefined ? {} : await readLocalSettings(settingsFile);
  // The app reads its settings from the environment, as in Azure.
  for (const [name, value] of Object.entries(fromFile)) process.env[name] ??= value;
  const settings = new Settings(process.env);
  const local = readLocalOptions(settings);
  const log = createLineLog({
    clock: systemClock,
    minimumLevel: local.logLevel,
    writeLine: (line) => process.stderr.write(`${line}\n`),
  });
  const host = await startHost({
    appDirectory: resolve(appDirectory),
    settings,
    local,
    port,
    kinds: createTriggerKinds(),
    log,
    clock: systemClock,
    newId: randomUUID,
    random: Math.random,
    cores: availableParallelism(),
  });
  announce(JSON.stringify({ http: host.http, functions: host.functions }));
  if (!stopRequested.aborted) await once(stopRequested, 'abort');
  await stop(host, log);
}

/** Ends the process whatever happens: the app may hold sockets and timers of its own. */
async function stop(host: RunningHost, log: HostLog): Promise<never> {
  try {
    await host.stop();
    process.exit(0);
  } catch (error) {
    log.write('error', 'Host', `An appTerminate hook failed: ${errorText(error)}`);
    process.exit(1);
  }
}

/** Aborted by a signal, or by the end of standard input: without a parent there is nobody to run for. */
function watchForStop(): AbortSignal {
  const stopping = new AbortController();
  const request = (): void => {
    stopping.abort();
  };
  process.on('SIGTERM', request).on('SIGINT', request);
  process.stdin.on('end', request).on('close', request).on('error', request).resume();
  return stopping.signal;
}

function createTriggerKinds(): TriggerKinds {
  const kinds = new TriggerKinds();
  const known = [
    ...[httpTriggerKind, timerTriggerKind],
    ...[eventHubTriggerKind, serviceBusTriggerKind, blobTriggerKind],
    ...durableTriggerKinds,
  ];
  for (const kind of known) kinds.registerTriggerKind(kind);
  return kinds;
}

/** The whole message: the app lists its own configuration problems in it. */
function describeStartFailure(error: unknown): string {
  if (error instanceof HostStartError) return error.message;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `The Functions host cannot start: the app failed while starting.\n${text}`;
}
