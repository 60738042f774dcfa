import type { HttpRoute } from '../../triggers/http/http-routes.ts';
import type { DurableFunctions } from '../durable-functions.ts';
import type { DurableService } from '../engine/durable-service.ts';
import type { HubOwner } from '../engine/ownership.ts';
import { entityRoutes } from './entity-routes.ts';
import { orchestrationRoutes } from './orchestration-routes.ts';
import { plainRoute, toHttpRoute } from './rpc-exchange.ts';

export interface DurableRoutesOptions {
  readonly service: DurableService;
  readonly self: HubOwner;
  readonly functions: DurableFunctions;
  readonly newId: () => string;
  readonly warn: (text: string) => void;
}

/** Everything that clients, and the other hosts of the hub, ask of this host. */
export function durableRoutes(options: DurableRoutesOptions): HttpRoute[] {
  const { service, self, functions, newId, warn } = options;
  const hasOrchestrator = (name: string): boolean => functions.hasOrchestrator(name);
  return [
    plainRoute({ method: 'GET', path: 'owner' }, ({ response }) => {
      response.end(JSON.stringify({ hostId: self.hostId }));
      return Promise.resolve();
    }),
    plainRoute({ method: 'POST', path: 'rescan' }, async ({ response }) => {
      await service.rescan();
      response.writeHead(202).end();
    }),
    ...[
      ...orchestrationRoutes({ newId, hasOrchestrator, warn }),
      ...entityRoutes((name) => functions.hasEntity(name)),
    ].map((route) => toHttpRoute(service, route)),
  ];
}
