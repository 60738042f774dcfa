import { hostname } from 'node:os';
import type { Clock } from '../../../shared/kernel/time.ts';
import type { HostLog } from '../host-log.ts';
import { resolveTableConnection } from '../settings/connection.ts';
import { HostStartError } from '../settings/host-problem.ts';
import { OptionReader } from '../settings/option-reader.ts';
import type { Settings } from '../settings/settings.ts';
import { requireHostStorage } from '../storage/host-storage.ts';
import type { HttpRoutes } from '../triggers/http/http-routes.ts';
import type { DurableFunctions } from './durable-functions.ts';
import type { DurableOptions } from './durable-options.ts';
import type { DurableService } from './engine/durable-service.ts';

export interface DurableHostOptions {
  readonly functions: DurableFunctions;
  readonly settings: Settings;
  readonly durable: DurableOptions;
  readonly hubName: string;
  /** Origin of this host's HTTP server. */
  readonly origin: string;
  readonly hubExpiryMs: number;
  readonly routes: HttpRoutes;
  readonly log: HostLog;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** The connection that holds the state of the hub, as in Azure. */
const connection = 'AzureWebJobsStorage';

/**
 * Starts this host's part in its durable hub. The storage SDK is loaded only here.
 *
 * Errors: `HostStartError` if the storage is not configured; `storage.unavailable`.
 */
export async function startDurableHost(options: DurableHostOptions): Promise<DurableService> {
  const { settings, hubName, origin, newId, clock, log, functions, routes } = options;
  const reader = new OptionReader({ where: 'host.json', values: {}, settings });
  const target = resolveTableConnection(settings, connection);
  const storage = requireHostStorage(settings, reader);
  if (!target.ok || storage === undefined) throw new HostStartError(reader.problems);
  const modules = await loadEngine();
  const table = new modules.HubTable(
    await modules.connectTable(target.value, `${hubName}Instances`),
  );
  await table.create();
  const largeTexts = modules.createBlobTexts(storage, `${hubName.toLowerCase()}-large`, newId);
  const store = new modules.InstanceStore(table, largeTexts);
  const entityStore = new modules.EntityStore(table, largeTexts);
  const self = { hostId: newId(), url: origin, machine: hostname() };
  const ownership = new modules.Ownership({
    ...{ table, self, clock, probe: modules.probeOwner, expiryMs: options.hubExpiryMs },
  });
  const service = new modules.DurableService({
    ...{ ownership, self, log, renewEveryMs: options.hubExpiryMs / 3 },
    createHub: (signal, verifyOwnership) =>
      new modules.Hub({
        ...{ store, entityStore, functions, clock, newId, log, signal, verifyOwnership },
        durable: options.durable,
      }),
  });
  const warn = (text: string): void => {
    log.write('warning', 'Host.Durable', text);
  };
  for (const route of modules.durableRoutes({ service, self, functions, newId, warn })) {
    routes.add(route);
  }
  await service.start();
  return service;
}

async function loadEngine() {
  const loaded = await Promise.all([
    import('./storage/hub-table.ts'),
    import('./storage/connect-table.ts'),
    import('./storage/blob-texts.ts'),
    import('./storage/instance-store.ts'),
    import('./storage/entity-store.ts'),
    import('./engine/ownership.ts'),
    import('./engine/probe-owner.ts'),
    import('./engine/durable-service.ts'),
    import('./engine/hub.ts'),
    import('./rpc/durable-routes.ts'),
  ]);
  const [a, b, c, d, e, f, g, h, i, j] = loaded;
  return { ...a, ...b, ...c, ...d, ...e, ...f, ...g, ...h, ...i, ...j };
}
