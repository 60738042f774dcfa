import { randomUUID } from 'node:crypto';
import { openClaims, openListing, openRecords } from '../../../cli/sagas/open-sagas.ts';
import { createSagaReader, type SagaReader } from '../../../cli/sagas/saga-reader.ts';
import { readConfig } from '../../../shared/config/read-config.ts';
import { systemClock } from '../../../shared/kernel/time.ts';
import type { RunningChild } from '../child-process.ts';
import { salesOrder, type SalesOrder } from '../events.ts';
import { openPublisher, type Publisher } from '../publish.ts';
import { readStuckLetters, type StuckNotice } from '../stuck-letters.ts';
import { startRuntime, type Runtime, type RuntimeOptions } from '../runtime.ts';

/** A saga as `GET /api/sagas/{id}` shows it, as far as tests look. */
export interface ShownSaga {
  readonly state: string;
  readonly reason: { readonly code: string; readonly detail: string } | null;
  readonly timeline: readonly { readonly what: string; readonly step?: string }[];
  readonly replies: readonly {
    readonly commandId: string;
    readonly outcome: 'done' | 'refused';
    readonly code: string | null;
    readonly isLate: boolean;
  }[];
  readonly compensations: readonly { readonly step: string; readonly status: string }[];
  readonly stuck: readonly { readonly step: string; readonly status: string }[];
}

/** A runtime with sagas, seen from outside. */
export interface SagaWorld {
  readonly runtime: Runtime;
  readonly publisher: Publisher;
  readonly reader: SagaReader;
  /** The address of the host that runs now. */
  http(): string;
  /** Undefined while nothing is known of the saga. */
  show(sagaId: string): Promise<ShownSaga | undefined>;
  cancel(sagaId: string, reason: string): Promise<number>;
  readStuck(): Promise<readonly StuckNotice[]>;
  /** SIGKILL, and a new host on the same storage and broker. */
  killHost(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a runtime whose participants behave as the rules say. */
export async function startSagaWorld(
  rules: readonly object[],
  { settings, ...options }: RuntimeOptions,
): Promise<SagaWorld> {
  const runtime = await startRuntime({
    ...options,
    settings: {
      LocalHost__LoadBalancingIntervalMs: '200',
      LocalHost__OwnershipExpiryMs: '1500',
      participant_simulation: JSON.stringify(rules),
      ...settings,
    },
  });
  let host = await runtime.startHost();
  const publisher = openPublisher(runtime);
  return {
    runtime,
    publisher,
    reader: await openReader(runtime),
    http: () => String(host.ready['http']),
    show: (sagaId) => showSaga(host, sagaId),
    cancel: (sagaId, reason) => cancelSaga(host, sagaId, reason),
    readStuck: () => readStuckLetters(runtime.eventHubs),
    killHost: async () => {
      await host.kill();
      host = await runtime.startHost();
    },
    stop: async () => {
      await publisher.close();
      await runtime.stop();
    },
  };
}

async function openReader({ settings }: Runtime): Promise<SagaReader> {
  const config = readConfig(settings);
  if (!config.ok) throw new Error(JSON.stringify(config.problem));
  return createSagaReader({
    listing: await openListing(config.value),
    readOpen: await openClaims(config.value),
    readRecords: await openRecords(config.value),
    clock: systemClock,
  });
}

async function showSaga(host: RunningChild, sagaId: string): Promise<ShownSaga | undefined> {
  const response = await fetch(`${String(host.ready['http'])}/api/sagas/${sagaId}`);
  const body = await response.json();
  if (response.status === 404) return undefined;
  if (response.ok) return body as ShownSaga;
  throw new Error(`${response.status} ${JSON.stringify(body)}`);
}

async function cancelSaga(host: RunningChild, sagaId: string, reason: string): Promise<number> {
  const response = await fetch(`${String(host.ready['http'])}/api/sagas/${sagaId}/cancel`, {
    method: 'POST',
    body: JSON.stringify({ reason }),
  });
  return response.status;
}

/** The event that starts the saga of an order. */
export function orderCreated(orderId: string): SalesOrder {
  const items = [
    { item: 1, product_id: 'P-1001', quantity: 2, price: 10.25 },
    { item: 2, product_id: 'P-7710', quantity: 1, price: 100 },
  ];
  const order = { order_id: orderId, customer_id: 'CUST-1', order_total: 120.5, currency: 'EUR' };
  return salesOrder({ subject: orderId, data: { ...order, line_count: 2, items } });
}

/** The event that has it compensated. */
export function orderFailed(orderId: string): SalesOrder {
  return salesOrder({
    id: randomUUID(),
    type: 'com.acmemfg.erp.salesorder.failed',
    subject: orderId,
    data: { order_id: orderId, reason: 'canceled by customer' },
  });
}
