import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'rolldown';
import bundle from '../rolldown.config.ts';
import { startChild, type RunningChild } from '../test/support/child-process.ts';
import { salesOrder } from '../test/support/events.ts';
import { openPublisher, type Publisher } from '../test/support/publish.ts';
import { startRuntime, type Runtime } from '../test/support/runtime.ts';
import { median, type Bench, type Measurement } from './measurement.ts';

const rounds = 3;
/** Until listeners own their partitions and links are open, in both apps alike. */
const settleMs = 4_000;
/** After the start of a runtime, the timer is due: a while after its host has settled. */
const timerDelayMs = 10_000;

/** The same triggers with handlers that only say that they ran. */
const emptyApp = `
import { app } from '@azure/functions';
const ran = (name) => (_, context) => context.log('ran ' + name);
app.eventHub('land-events', {
  connection: 'EventHubs', eventHubName: 'events', consumerGroup: 'cg-data-bronze',
  cardinality: 'many', dataType: 'binary', handler: ran('land-events'),
});
app.serviceBusTopic('relay-events', {
  connection: 'ServiceBus', topicName: 'upstream-events', subscriptionName: 'bronze-relay',
  cardinality: 'many', handler: ran('relay-events'),
});
app.serviceBusQueue('handle-order-command', {
  connection: 'ServiceBus', queueName: 'orders', isSessionsEnabled: true,
  handler: ran('handle-order-command'),
});
app.timer('settle-idle-partitions', {
  schedule: '%settle_schedule%', handler: ran('settle-idle-partitions'),
});
app.http('health-live', { route: 'health/live', authLevel: 'anonymous', handler: () => ({ body: 'ok' }) });
`;

interface Trigger {
  readonly name: string;
  /** What the log says when our handler, or the empty one, is through with the event. */
  readonly done: RegExp;
  readonly fire: (at: FiringPlace) => Promise<unknown>;
  /** How long until it may be fired, when its moment is not ours to choose. */
  readonly wait?: (at: FiringPlace) => Promise<unknown>;
}

interface FiringPlace {
  readonly publisher: Publisher;
  readonly http: string;
  readonly timerDueAt: number;
}

const triggers: readonly Trigger[] = [
  {
    name: 'Event Hubs',
    done: /land-events.*(Landed a batch|ran land-events)/,
    fire: ({ publisher }) => publisher.toHub(salesOrder(), 'key'),
  },
  {
    name: 'Service Bus topic',
    done: /relay-events.*(Relayed messages|ran relay-events)/,
    fire: ({ publisher }) => publisher.toTopic(salesOrder()),
  },
  {
    name: 'Service Bus queue with sessions',
    done: /handle-order-command.*(Handled an order command|ran handle-order-command)/,
    fire: ({ publisher }) => publisher.toOrders(salesOrder(), 'order'),
  },
  {
    name: 'timer',
    done: /settle-idle-partitions.*(Settled idle partitions|ran settle-idle-partitions)/,
    wait: ({ timerDueAt }) => sleep(timerDueAt - Date.now()),
    fire: () => Promise.resolve(),
  },
  {
    name: 'HTTP',
    done: /^/,
    fire: ({ http }) => fetch(`${http}/api/health/live`).then((answer) => answer.text()),
  },
];

/** From sending the first event after a cold start until its handler is through. */
export const firstEvent: Bench = {
  name: 'first-event',
  run: async () => {
    const folder = await buildEmptyApp();
    try {
      const measurements: Measurement[] = [];
      for (const trigger of triggers) measurements.push(await compare(trigger, folder));
      return measurements;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function compare(trigger: Trigger, emptyFolder: string): Promise<Measurement> {
  const ours: number[] = [];
  const empty: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    empty.push(await coldTime(trigger, emptyFolder));
    ours.push(await coldTime(trigger, '.'));
  }
  const [own, floor] = [median(ours), median(empty)];
  return {
    what: `first event after a cold start, ${trigger.name}, above an empty handler`,
    value: own - floor,
    unit: 'ms',
    budget: 200,
    kind: 'most',
    detail: `${own.toFixed(0)} ms against ${floor.toFixed(0)} ms, median of ${rounds}`,
  };
}

async function coldTime(trigger: Trigger, app: string): Promise<number> {
  const timerDueAt = Math.ceil((Date.now() + timerDelayMs) / 1_000) * 1_000;
  const runtime = await startRuntime({
    settings: {
      settle_schedule: `${new Date(timerDueAt).getUTCSeconds()} * * * * *`,
      LocalHost__LoadBalancingIntervalMs: '200',
      LocalHost__OwnershipExpiryMs: '1500',
    },
  });
  const publisher = openPublisher(runtime);
  try {
    const host = await startHost(runtime, app);
    const http = String(host.ready['http']);
    const place = { publisher, http, timerDueAt };
    await (trigger.wait?.(place) ?? sleep(settleMs));
    const startedAt = performance.now();
    await trigger.fire(place);
    while (!isDone(trigger, host)) await sleep(2);
    const elapsed = performance.now() - startedAt;
    await host.stop();
    return elapsed;
  } finally {
    await publisher.close();
    await runtime.stop();
  }
}

function isDone({ done }: Trigger, host: RunningChild): boolean {
  return host
    .log()
    .split('\n')
    .some((line) => done.test(line));
}

function startHost(runtime: Runtime, app: string): Promise<RunningChild> {
  return startChild(['local/host/main.ts', '--app', app, '--port', '0'], runtime.settings);
}

async function buildEmptyApp(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bronzeflow-empty-'));
  const source = resolve(`bench/empty-${process.pid}.mts`);
  try {
    await mkdir(join(folder, 'dist'));
    await writeFile(source, emptyApp);
    await copyFile('host.json', join(folder, 'host.json'));
    await writeFile(join(folder, 'package.json'), '{"type":"module","main":"dist/index.js"}');
    const output = { ...bundle.output, dir: join(folder, 'dist') };
    await build({ ...bundle, input: { index: source }, plugins: [], output });
    return folder;
  } finally {
    await rm(source, { force: true });
  }
}
