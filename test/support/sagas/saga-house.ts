import { orderFulfilment } from '../../../sagas/order-fulfilment/definition.ts';
import type { InstancePorts } from '../../../sagas/runner/runner-ports.ts';
import type { SagaEvent } from '../../../sagas/runner/start-saga.ts';
import { durationMs, epochMs } from '../../../shared/kernel/time.ts';
import type { InstanceStatus, SagaInstances } from '../../../shared/ports/sagas.ts';
import { createMemorySagaListing } from './memory-saga-listing.ts';
import { createMemorySagaStore } from './memory-saga-store.ts';

/** What was done to a durable engine that does nothing of its own. */
interface Engine extends SagaInstances {
  readonly started: { readonly instanceId: string; readonly input: unknown }[];
  readonly raised: { readonly instanceId: string; readonly message: unknown }[];
  /** By instance id; one that is not here is missing. */
  readonly states: Map<string, InstanceStatus['state']>;
}

function createEngine(): Engine {
  const engine: Engine = {
    ...{ started: [], raised: [], states: new Map() },
    start: (instanceId, input) => {
      engine.started.push({ instanceId, input });
      if (!engine.states.has(instanceId)) engine.states.set(instanceId, 'running');
      return Promise.resolve();
    },
    raise: (instanceId, message) => {
      const state = engine.states.get(instanceId);
      if (state === undefined) return Promise.resolve('missing');
      engine.raised.push({ instanceId, message });
      return Promise.resolve(state === 'running' ? 'raised' : 'ended');
    },
    status: (instanceId) => {
      const state = engine.states.get(instanceId);
      return Promise.resolve(state && { state, view: undefined });
    },
  };
  return engine;
}

/** The runner's ports, in memory, with a clock that ticks whenever it is looked at. */
export function createSagaHouse() {
  let time = Date.UTC(2026, 10, 21, 8);
  let tokens = 0;
  const warnings: { readonly message: string; readonly details: unknown }[] = [];
  const engine = createEngine();
  const patience = { attempts: 3, timeout: durationMs(300_000), backoff: 2 };
  const ports: InstancePorts = {
    store: createMemorySagaStore(),
    listing: createMemorySagaListing(),
    instances: engine,
    settings: {
      timeout: durationMs(3_600_000),
      stepPatience: patience,
      compensationPatience: patience,
    },
    clock: { now: () => epochMs((time += 1)) },
    newToken: () => `token-${++tokens}`,
    log: {
      debug: () => undefined,
      info: () => undefined,
      warn: (message, details) => warnings.push({ message, details }),
      error: () => undefined,
    },
  };
  return { ports, engine, warnings, now: () => epochMs((time += 1)) };
}

export const definition = orderFulfilment;

/** The event that starts the saga `SO-1`. */
export function orderEvent(data: SagaEvent['data'] = {}): SagaEvent {
  const order = { order_id: 'SO-1', customer_id: 'C-1', order_total: 12.5, currency: 'USD' };
  return { key: { source: '/erp/sap/orders', id: 'e-1' }, data: { ...order, ...data } };
}
