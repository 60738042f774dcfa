import { randomInt, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDeltaTable, eventDateRule } from '../support/delta-checker/check-table.ts';
import { blobTableFiles } from '../support/delta-checker/table-files.ts';
import { salesOrder } from '../support/events.ts';
import { openPublisher, type Publisher } from '../support/publish.ts';
import { runNode } from '../support/run-node.ts';
import { chaosSettings } from '../support/chaos-settings.ts';
import { startRuntime, type Runtime } from '../support/runtime.ts';

const kills = 25;
/** How long a host lives before it is killed: sometimes too short to own a partition, sometimes long enough to land. */
const lifeMs = { min: 700, max: 3_500 };
const eventsPerBurst = 12;
const table = 'brz_event_erp_salesorder_created';

let folder: string;
let runtime: Runtime;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-chaos-'));
  const serviceBusConfig = join(folder, 'service-bus.json');
  await writeFile(serviceBusConfig, await withShortLocks('local/config/service-bus.json'));
  runtime = await startRuntime({
    serviceBusConfig,
    settings: {
      ...chaosSettings,
      settle_schedule: '*/2 * * * * *',
      maintain_schedule: '*/5 * * * * *',
    },
  });
  await writeFile(join(folder, 'runtime.json'), JSON.stringify({ pid: process.pid, ...runtime }));
}, 60_000);

afterAll(async () => {
  await runtime.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/**
 * Locks of 5 s instead of 60 s, so that what a killed host held comes back while the test runs, and
 * more deliveries than there are kills, so that nothing dies of them.
 */
async function withShortLocks(file: string): Promise<string> {
  const text = await readFile(file, 'utf8');
  return text
    .replaceAll(/"LockDuration":\s*"PT1M"/g, '"LockDuration": "PT5S"')
    .replaceAll(/"MaxDeliveryCount":\s*10/g, '"MaxDeliveryCount": 100');
}

async function liveAndDie(): Promise<void> {
  const host = await runtime.startHost();
  await sleep(randomInt(lifeMs.min, lifeMs.max));
  await host.kill();
}

interface Published {
  readonly ids: Set<string>;
  toHub: number;
  toTopic: number;
}

/** A burst of events over both transports; some are sent twice, the copy into another partition. */
async function publishBurst(publisher: Publisher, published: Published): Promise<void> {
  for (let sent = 0; sent < eventsPerBurst; sent += 1) {
    const event = salesOrder();
    published.ids.add(event.id);
    const copies = randomInt(5) === 0 ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (randomInt(3) === 0) {
        published.toTopic += 1;
        await publisher.toTopic(event);
      } else {
        published.toHub += 1;
        await publisher.toHub(event, randomUUID());
      }
    }
    await sleep(randomInt(40));
  }
}

async function query<Row>(sql: string): Promise<readonly Row[]> {
  const { stdout } = await runNode(['cli/sql.ts', '--json', '--data', folder, sql]);
  return JSON.parse(stdout) as Row[];
}

interface Reconciled {
  readonly byOrigin: Readonly<Record<string, { readonly received: number }>>;
  readonly inFlight: readonly unknown[];
  readonly isReconciled: boolean;
}

async function reconcile(): Promise<Reconciled> {
  const run = await runNode(['cli/reconcile.ts', '--json', '--data', folder], {
    expectFailure: true,
  });
  return JSON.parse(run.stdout) as Reconciled;
}

/** Whether the relay's subscription holds messages that nobody has completed. */
async function isRelayBusy(): Promise<boolean> {
  const client = new ServiceBusClient(runtime.serviceBus);
  const messages = await client.createReceiver('upstream-events', 'bronze-relay').peekMessages(1);
  await client.close();
  return messages.length > 0;
}

/**
 * Whether every message has its verdict. A relay that was killed before it settled relays again, so
 * the topic's origin may have received more than was published, never less.
 */
async function isJudged(published: Published): Promise<boolean> {
  const { byOrigin, inFlight, isReconciled } = await reconcile();
  const relayed = byOrigin['upstream-events/Subscriptions/bronze-relay']?.received ?? 0;
  return (
    byOrigin['events']?.received === published.toHub &&
    relayed >= published.toTopic &&
    inFlight.length === 0 &&
    isReconciled &&
    !(await isRelayBusy())
  );
}

describe('a host that is killed again and again while events flow', () => {
  it(`lands every event exactly once over ${kills} kills`, async () => {
    const publisher = openPublisher(runtime);
    const published: Published = { ids: new Set(), toHub: 0, toTopic: 0 };
    for (let killed = 0; killed < kills;) {
      const publishing = publishBurst(publisher, published);
      // Sometimes two hosts take partitions from each other, and each dies when it likes.
      const hosts = randomInt(3) === 0 ? 2 : 1;
      await Promise.all(Array.from({ length: hosts }, () => liveAndDie()));
      killed += hosts;
      await publishing;
    }
    await publisher.close();
    // Killing hosts that never land anything would prove nothing: some of every few did.
    const [commits] = await query<{ count: number }>(
      `select count(distinct ingested_at)::int as count from ${table}`,
    );
    expect(commits?.count).toBeGreaterThan(kills / 5);

    const survivor = await runtime.startHost();
    const patience = { timeout: 120_000, interval: 1_000 };
    await expect.poll(() => isJudged(published), patience).toBe(true);
    await survivor.stop();

    const rows = await query<{ event_id: string; copies: number }>(
      `select event_id, count(*)::int as copies from ${table} group by all`,
    );
    const landed = rows.map(({ event_id }) => event_id);
    expect(landed.toSorted()).toEqual([...published.ids].toSorted());
    expect(rows.filter(({ copies }) => copies !== 1)).toEqual([]);

    const container = new ContainerClient(runtime.storage, 'bronze');
    const checked = await checkDeltaTable(blobTableFiles(container, `Tables/${table}`), {
      uniqueBy: ['event_source', 'event_id'],
      partitionRules: eventDateRule,
    });
    expect(checked.findings).toEqual([]);
  }, 600_000);
});
