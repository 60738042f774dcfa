import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { ServiceBusClient } from '@azure/service-bus';
import { startRuntime } from '../test/support/runtime.ts';

/** How much of each is under way at once, as in a host. */
const lanes = 32;
/** What has no sessions, so that nothing but the messages is measured. */
const [topic, subscription] = ['upstream-events', 'bronze-relay'] as const;

/**
 * Milliseconds for sending and receiving so many messages through the broker, one by one, and as
 * many storage requests beside it: what no saga can do without.
 */
export async function exchangeBare({
  messages,
  requests,
}: {
  readonly messages: number;
  readonly requests: number;
}): Promise<number> {
  const runtime = await startRuntime();
  const bus = new ServiceBusClient(runtime.serviceBus);
  const options = { allowInsecureConnection: true };
  const table = TableClient.fromConnectionString(runtime.storage, 'bare', options);
  await table.createTable();
  try {
    const startedAt = performance.now();
    await Promise.all([exchange(bus, messages), insert(table, requests)]);
    return performance.now() - startedAt;
  } finally {
    await bus.close();
    await runtime.stop();
  }
}

async function exchange(bus: ServiceBusClient, count: number): Promise<void> {
  const sender = bus.createSender(topic);
  const received = Promise.withResolvers<undefined>();
  let left = count;
  bus.createReceiver(topic, subscription).subscribe(
    {
      processMessage: () => {
        left -= 1;
        if (left === 0) received.resolve(undefined);
        return Promise.resolve();
      },
      processError: ({ error }) => {
        received.reject(error);
        return Promise.resolve();
      },
    },
    { maxConcurrentCalls: lanes },
  );
  const body = Buffer.from(JSON.stringify({ note: 'x'.repeat(600) }));
  await inLanes(count, () => sender.sendMessages({ body }));
  await received.promise;
}

function insert(table: TableClient, count: number): Promise<void> {
  const note = 'x'.repeat(1_000);
  return inLanes(count, async () => {
    await table.createEntity({ partitionKey: randomUUID(), rowKey: 'row', note });
  });
}

async function inLanes(count: number, work: () => Promise<void>): Promise<void> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
