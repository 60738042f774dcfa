import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TableClient } from '@azure/data-tables';
import { stateTables } from '../shared/config/state-tables.ts';
import { createTableSagaListing } from '../shared/sagas/table-saga-listing.ts';
import { startChild } from '../test/support/child-process.ts';
import { salesOrder } from '../test/support/events.ts';
import { openPublisher } from '../test/support/publish.ts';
import { startRuntime, type Runtime } from '../test/support/runtime.ts';
import { orderCreated } from '../test/support/sagas/saga-world.ts';
import { exchangeBare } from './bare-exchange.ts';
import { countTableRequests } from './counting-proxy.ts';
import type { Bench } from './measurement.ts';

const orders = 120;
const receipts = 30;
/** Steps of the two sagas: each is a command and a reply. */
const steps = { order: 7, receipt: 3 };
const historyTable = 'BronzeflowSagasInstances';
const sagaTables: readonly string[] = [
  ...[stateTables.sagas, stateTables.sagaListing, stateTables.participants, historyTable],
];

/** Sagas in the embedded host: how many a second, what they ask of the storage, what they leave. */
export const sagas: Bench = {
  name: 'sagas',
  run: async () => {
    const { elapsedMs, requests, history } = await runSagas();
    const perSaga = [...requests.values()].reduce((sum, count) => sum + count, 0) / orders;
    const load = { messages: orders * steps.order * 2, requests: Math.round(orders * perSaga) };
    const bareMs = await exchangeBare(load);
    const perStep = (kind: 'order' | 'receipt'): number => history[kind] / steps[kind];
    return [
      {
        what: 'order sagas per second, against a bare loop with the same messages and requests',
        value: bareMs / elapsedMs,
        unit: 'x',
        budget: 0.15,
        kind: 'least',
        detail: `${perSecond(elapsedMs)} against ${perSecond(bareMs)} sagas/s`,
      },
      {
        what: 'table requests per order saga of 7 steps',
        value: perSaga,
        unit: 'requests',
        budget: 60,
        kind: 'most',
        detail: [...requests]
          .map(([table, count]) => `${table} ${(count / orders).toFixed(1)}`)
          .join(', '),
      },
      {
        what: 'history per step of a saga of 7 steps, against one of 3',
        value: perStep('order') / perStep('receipt'),
        unit: 'x',
        budget: 1.5,
        kind: 'most',
        detail: `${history.order.toFixed(0)} and ${history.receipt.toFixed(0)} characters a saga`,
      },
    ];
  },
};

interface SagaRun {
  readonly elapsedMs: number;
  /** Of the orders alone, by table. */
  readonly requests: ReadonlyMap<string, number>;
  /** Characters of history of a saga, in the mean. */
  readonly history: { readonly order: number; readonly receipt: number };
}

async function runSagas(): Promise<SagaRun> {
  const runtime = await startRuntime();
  const proxy = await countTableRequests(runtime.storage);
  const host = await startChild(['local/host/main.ts', '--app', '.', '--port', '0'], {
    ...runtime.settings,
    LocalHost__LoadBalancingIntervalMs: '200',
    AzureWebJobsStorage: proxy.connection,
    StateStorage: proxy.connection,
  });
  try {
    // The smaller sagas first: they warm the host up.
    await play(runtime, { count: receipts, toEvent: receiptConfirmed, endedBefore: 0 });
    const before = new Map(proxy.counts);
    const elapsedMs = await play(runtime, {
      count: orders,
      toEvent: orderCreated,
      endedBefore: receipts,
    });
    const requests = sagaTables.map(
      (table) => [table, (proxy.counts.get(table) ?? 0) - (before.get(table) ?? 0)] as const,
    );
    return { elapsedMs, requests: new Map(requests), history: await readHistory(runtime) };
  } finally {
    await host.stop();
    await runtime.stop();
    proxy.stop();
  }
}

interface Play {
  readonly count: number;
  readonly toEvent: (id: string) => object;
  readonly endedBefore: number;
}

/** Milliseconds from the first event to the end of the last saga. */
async function play(runtime: Runtime, { count, toEvent, endedBefore }: Play): Promise<number> {
  const publisher = openPublisher(runtime);
  const listing = createTableSagaListing(openTable(runtime, stateTables.sagaListing));
  const startedAt = performance.now();
  for (let sent = 0; sent < count; sent += 1) {
    const id = randomUUID();
    await publisher.toHub(toEvent(id), id);
  }
  for (;;) {
    const { sagas: ended } = await listing.list('completed', 900);
    if (ended.length === count + endedBefore) break;
    await sleep(250);
  }
  const elapsedMs = performance.now() - startedAt;
  await publisher.close();
  return elapsedMs;
}

function receiptConfirmed(id: string): object {
  const line = { line: 1, material_id: 'M-1', quantity: 5, unit: 'PC', lot_id: 'L-1' };
  const receipt = { receipt_id: id, purchase_order_id: '4500012345', supplier_id: 'S-1' };
  return salesOrder({
    type: 'com.acmemfg.erp.receipt.confirmed',
    source: '/erp/sap/goods-receipts',
    subject: id,
    data: { ...receipt, received_at: '2026-11-20T08:00:00Z', lines: [line] },
  });
}

async function readHistory(runtime: Runtime): Promise<SagaRun['history']> {
  const lengths = { order: 0, receipt: 0 };
  const rows = openTable(runtime, historyTable).listEntities();
  for await (const { partitionKey = '', rowKey = '', ...columns } of rows) {
    const kind = partitionKey.startsWith('receipt-') ? 'receipt' : 'order';
    // The first rows of a history are columns of the instance's own row.
    const isPart = (name: string): boolean => rowKey.startsWith('h-') || /^history\d/.test(name);
    const texts = Object.entries(columns).map(([name, value]) => (isPart(name) ? value : ''));
    lengths[kind] += texts.join('').length;
  }
  return { order: lengths.order / orders, receipt: lengths.receipt / receipts };
}

function openTable({ storage }: Runtime, name: string): TableClient {
  return TableClient.fromConnectionString(storage, name, { allowInsecureConnection: true });
}

function perSecond(elapsedMs: number): string {
  return ((orders / elapsedMs) * 1_000).toFixed(1);
}
