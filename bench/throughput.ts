import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventHubProducerClient } from '@azure/event-hubs';
import { startChild } from '../test/support/child-process.ts';
import { startRuntime, type Runtime } from '../test/support/runtime.ts';
import { median, type Bench } from './measurement.ts';
import { sampleEvent } from './sample-messages.ts';

const events = 16_000;
const rounds = 5;

/** Events per second through the whole runtime, against a bare loop with the same storage requests. */
export const throughput: Bench = {
  name: 'throughput',
  run: async () => {
    const ratios: number[] = [];
    const details: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const bare = await eventsPerSecond((runtime) => drainBare(runtime));
      const ours = await eventsPerSecond((runtime) => drainWithHost(runtime));
      ratios.push(ours / bare);
      details.push(`${ours.toFixed(0)} against ${bare.toFixed(0)} events/s`);
    }
    return [
      {
        what: 'throughput end to end, against a bare loop with the same storage requests',
        value: median(ratios),
        unit: 'x',
        budget: 0.7,
        kind: 'least',
        detail: details.join('; '),
      },
    ];
  },
};

async function eventsPerSecond(drain: (runtime: Runtime) => Promise<number>): Promise<number> {
  const runtime = await startRuntime({
    settings: { LocalHost__LoadBalancingIntervalMs: '200', LocalHost__OwnershipExpiryMs: '1500' },
  });
  try {
    await publish(runtime);
    return (events / (await drain(runtime))) * 1_000;
  } finally {
    await runtime.stop();
  }
}

async function publish(runtime: Runtime): Promise<void> {
  const producer = new EventHubProducerClient(runtime.eventHubs, 'events');
  const contentType = 'application/cloudevents+json';
  for (let sent = 0; sent < events; sent += 100) {
    const batch = Array.from({ length: 100 }, (_, place) => ({
      body: sampleEvent(sent + place),
      contentType,
    }));
    await producer.sendBatch(batch, { partitionKey: randomUUID() });
  }
  await producer.close();
}

/** Milliseconds between the first and the last batch that the host landed, by its log. */
async function drainWithHost(runtime: Runtime): Promise<number> {
  const host = await runtime.startHost();
  const startedAt = performance.now();
  while (landed(host.log()) < events) await sleep(20);
  const elapsed = performance.now() - startedAt;
  await host.stop();
  return elapsed;
}

function landed(log: string): number {
  return [...log.matchAll(/Landed a batch \{.*?"landed":(\d+)/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
}

async function drainBare(runtime: Runtime): Promise<number> {
  const loop = await startChild(['bench/bare-loop.ts', String(events)], {
    ...runtime.settings,
    AzureWebJobsStorage: runtime.storage,
  });
  const startedAt = performance.now();
  while (!loop.log().includes('drained')) await sleep(20);
  const elapsed = performance.now() - startedAt;
  await loop.stop();
  return elapsed;
}
