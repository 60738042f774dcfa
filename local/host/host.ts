import type { Clock } from '../../shared/kernel/time.ts';
import { AppRegistry, createCoreModule } from './core/core-module.ts';
import { installCore } from './core/install-core.ts';
import { loadApp, readAppPackage } from './core/load-app.ts';
import { setClientEnvironment } from './durable/client-environment.ts';
import { DurableFunctions } from './durable/durable-functions.ts';
import { hubNameOf } from './durable/durable-options.ts';
import type { DurableService } from './durable/engine/durable-service.ts';
import { clientBinding } from './durable/rpc/client-binding.ts';
import type { HostLog } from './host-log.ts';
import { createHostId } from './host-id.ts';
import { nameFunction } from './invocation/function-definition.ts';
import { Invoker } from './invocation/invoker.ts';
import { pause } from './pause.ts';
import { errorText, HostStartError } from './settings/host-problem.ts';
import { readHostJson } from './settings/host-json.ts';
import type { LocalOptions } from './settings/local-options.ts';
import type { Settings } from './settings/settings.ts';
import { HttpRoutes } from './triggers/http/http-routes.ts';
import { HttpServer } from './triggers/http/http-server.ts';
import type { HostServices, Listener } from './triggers/trigger-kind.ts';
import type { PreparedFunction, TriggerKinds } from './triggers/trigger-kinds.ts';

export interface HostOptions {
  /** Absolute. */
  readonly appDirectory: string;
  readonly settings: Settings;
  readonly local: LocalOptions;
  /** 0: any free port. */
  readonly port: number;
  readonly kinds: TriggerKinds;
  readonly log: HostLog;
  readonly clock: Clock;
  readonly newId: () => string;
  /** A number from 0 to 1. */
  readonly random: () => number;
  /** The number of processor cores: some defaults of host.json grow with it. */
  readonly cores: number;
}

export interface RunningHost {
  /** Origin of the HTTP server. */
  readonly http: string;
  readonly functions: readonly { readonly name: string; readonly type: string }[];
  /** Stops listening, waits for what runs (a bounded time), then runs the app's appTerminate hooks. */
  stop(): Promise<void>;
}

/**
 * Loads an app and runs its functions. Once per process: the app's module state and the contract
 * module are of the process.
 *
 * Errors: `HostStartError` with every problem of configuration; whatever the app throws while it
 * loads, or an appStart hook throws, unchanged.
 */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  const routes = new HttpRoutes();
  const server = new HttpServer(routes, options.log);
  // First of all: the app, and clients of Durable Functions in it, are told where the host is.
  const http = await server.start(options.port);
  setClientEnvironment(process.env, http);
  try {
    return await startFunctions(options, { routes, server, http });
  } catch (error) {
    server.refuseNew();
    server.close();
    throw error;
  }
}

interface Front {
  readonly routes: HttpRoutes;
  readonly server: HttpServer;
  readonly http: string;
}

/** Loads the app, then starts to listen for every function. */
async function startFunctions(options: HostOptions, front: Front): Promise<RunningHost> {
  const { appDirectory, settings, local, log, clock, newId } = options;
  const { routes, server, http } = front;
  const hostJson = await readHostJson(appDirectory, settings, options.cores);
  const app = await readAppPackage(appDirectory);
  const hostId = createHostId(settings, app.name ?? appDirectory);
  const hubName = hubNameOf(hostJson.durableTask, hostId);
  const registry = new AppRegistry();
  const appHooks = { hookData: {}, appHookData: registry.appHookData };
  const httpStreamUri = await startApp(registry, appHooks, { options, main: app.main });

  const { functionTimeout } = hostJson;
  const durableClient = clientBinding(http, hubName);
  const invoker = new Invoker({ registry, log, newId, functionTimeout, durableClient });
  const durable = new DurableFunctions();
  const services: HostServices = {
    ...{ settings, hostJson, local, log, invoker, routes, httpStreamUri },
    ...{ clock, newId, hostId, durable },
  };
  const functions = options.kinds.prepareAll(registry.functions.values(), services, options.random);
  const engine = durableListener(functions, durable, async () => {
    const { startDurableHost } = await import('./durable/durable-host.ts');
    return startDurableHost({
      ...{ functions: durable, settings, durable: hostJson.durableTask, hubName, origin: http },
      ...{ hubExpiryMs: local.hubExpiryMs, routes, log, clock, newId },
    });
  });
  const listeners = [...engine, ...functions.map(named)];
  const stop = (graceMs: number): Promise<void> =>
    stopListening(listeners, server, { invoker, graceMs, log });
  try {
    for (const each of listeners) await startListening(each);
    server.open();
    return {
      http,
      functions: functions.map(({ definition }) => {
        return { name: definition.name, type: definition.trigger.type };
      }),
      stop: async () => {
        await stop(local.shutdownGraceMs);
        await registry.hooks.run('appTerminate', appHooks);
      },
    };
  } catch (error) {
    await stop(0);
    throw error;
  }
}

/** Loads the app and runs its appStart hooks; answers where the library serves streamed HTTP. */
async function startApp(
  registry: AppRegistry,
  appHooks: object,
  { options, main }: { options: HostOptions; main: string },
): Promise<URL | undefined> {
  const { appDirectory, log } = options;
  installCore(
    createCoreModule(registry, (level, category, message) => {
      registry.hooks.runAtOnce('log', { level, category, message, hookData: {} });
      log.write(level, category === 'user' ? 'Worker.User' : 'Worker', message);
    }),
  );
  await loadApp(appDirectory, main);
  await registry.hooks.run('appStart', { ...appHooks, functionAppDirectory: appDirectory });
  const capabilities = await registry.programmingModel?.getCapabilities?.({});
  registry.isLocked = true;
  if (registry.functions.size === 0) log.write('warning', 'Host', 'The app has no functions.');
  const streamUri = capabilities?.['HttpUri'];
  return streamUri === undefined ? undefined : new URL(streamUri);
}

interface NamedListener {
  /** As a problem names it. */
  readonly name: string;
  readonly listener: Listener;
}

function named({ definition, listener }: PreparedFunction): NamedListener {
  return { name: nameFunction(definition.name), listener };
}

/** The durable engine, if the app has anything for it. It starts first: functions are its clients. */
function durableListener(
  functions: readonly PreparedFunction[],
  durable: DurableFunctions,
  load: () => Promise<DurableService>,
): NamedListener[] {
  const hasClient = functions.some(({ definition }) => definition.clientInputs.length > 0);
  if (durable.isEmpty && !hasClient) return [];
  let service: DurableService | undefined;
  const listener: Listener = {
    start: async () => {
      service = await load();
    },
    stop: async () => service?.stop(),
  };
  return [{ name: 'durable functions', listener }];
}

/** Errors: `HostStartError` that names the function. */
async function startListening({ name, listener }: NamedListener): Promise<void> {
  try {
    await listener.start();
  } catch (error) {
    const problem = `cannot listen (${errorText(error)})`;
    const remedy = 'See that what it connects to is running';
    if (error instanceof HostStartError) throw error;
    throw new HostStartError([{ where: name, key: 'trigger', problem, remedy }]);
  }
}

async function stopListening(
  listeners: readonly NamedListener[],
  server: HttpServer,
  { invoker, graceMs, log }: { invoker: Invoker; graceMs: number; log: HostLog },
): Promise<void> {
  server.refuseNew();
  const stopped = Promise.allSettled(listeners.map(({ listener }) => listener.stop()));
  const ended = Promise.all([stopped, invoker.idle()]);
  const patience = new AbortController();
  const outOfTime = pause(graceMs, patience.signal);
  const results = await Promise.race([ended, outOfTime]);
  patience.abort();
  if (results === true) log.write('warning', 'Host', 'Some invocations did not end in time.');
  if (Array.isArray(results)) {
    for (const result of results[0]) {
      if (result.status === 'rejected') {
        log.write('warning', 'Host', `Stopping failed: ${errorText(result.reason)}`);
      }
    }
  }
  server.close();
}
