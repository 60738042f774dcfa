import { randomInt, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busEntities, relayOrigin } from '../../functions/entities.ts';
import { hubs } from '../../local/launch/checkpoints.ts';
import { observeBrokers, type BrokerObserver } from '../../local/summary/broker-state.ts';
import { watchForMessages } from '../../local/summary/message-watch.ts';
import { openStoredLetters, type StoredLetters } from '../support/dead-letters/stored-letters.ts';
import {
  deadlyMessage,
  foreignQueue,
  undeliverable,
  uploadUndeliverable,
  withShortLives,
} from '../support/dead-letters/ways-to-die.ts';
import { salesOrder } from '../support/events.ts';
import { openPublisher, type Publisher } from '../support/publish.ts';
import { chaosSettings } from '../support/chaos-settings.ts';
import { startRuntime, type Runtime } from '../support/runtime.ts';

const kills = 8;
/** How long a host lives before it is killed: sometimes too short to own a partition. */
const lifeMs = { min: 300, max: 2_500 };
const burst = 3;
const patience = { timeout: 90_000, interval: 1_000 };
/** No saga begins with it, so that nothing is at work but what ingests. */
const updated = 'com.acmemfg.erp.salesorder.updated';
const sagaOrigin = 'upstream-events/Subscriptions/order-sagas';
const landedTable = 'brz_event_erp_salesorder_updated';

let folder: string;
let runtime: Runtime;
let stored: StoredLetters;
let bus: ServiceBusClient;
let publisher: Publisher;
let observer: BrokerObserver;
/** Each finds a message that waits somewhere. */
let watches: readonly (() => Promise<string | undefined>)[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-dead-chaos-'));
  const serviceBusConfig = join(folder, 'service-bus.json');
  const lives = await withShortLives('local/config/service-bus.json');
  // A delivery that dies with its host counts: more of them than there are kills.
  await writeFile(
    serviceBusConfig,
    lives.replaceAll('"MaxDeliveryCount": 2', `"MaxDeliveryCount": 20`),
  );
  runtime = await startRuntime({
    serviceBusConfig,
    settings: {
      ...chaosSettings,
      settle_schedule: '*/2 * * * * *',
      dead_letter_entities: [...busEntities, foreignQueue].join(','),
    },
  });
  stored = await openStoredLetters(runtime);
  bus = new ServiceBusClient(runtime.serviceBus);
  publisher = openPublisher(runtime);
  observer = observeBrokers(hubs, runtime);
  watches = [{ subQueueType: 'deadLetter' } as const, {}].flatMap((options) => [
    watchForMessages(bus.createReceiver('upstream-events', 'order-sagas', options)),
    ...['orders', foreignQueue].map((queue) =>
      watchForMessages(bus.createReceiver(queue, options)),
    ),
  ]);
}, 60_000);

afterAll(async () => {
  await observer.close();
  await publisher.close();
  await bus.close();
  await runtime.stop();
  await stored.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** Ids of what was sent: dead by the origin at which it dies; of the topic an event dies or lands. */
interface Sent {
  readonly dead: { readonly origin: string; readonly id: string }[];
  readonly topic: string[];
}

/** A few of each source, spread over a life of the host. */
async function sendBurst(sent: Sent): Promise<void> {
  const foreign = bus.createSender(foreignQueue);
  const topic = bus.createSender('upstream-events');
  for (let at = 0; at < burst; at += 1) {
    const refused = salesOrder({ data: { order_id: 7 } });
    await publisher.toHub(refused, randomUUID());
    const invalid = { ...salesOrder(), id: `no uuid ${randomUUID()}` };
    await publisher.toOrders(invalid, randomUUID());
    const expired = salesOrder();
    await foreign.sendMessages(deadlyMessage(expired, { timeToLive: 50 }));
    const either = salesOrder({ type: updated });
    // Two copies: one may die while the other lands.
    for (const longest of [1_000, 5_000]) {
      const timeToLive = randomInt(50, longest);
      await topic.sendMessages(deadlyMessage(either, { timeToLive }));
    }
    const undelivered = undeliverable('MaxDeliveryAttemptsExceeded');
    const blob = `TOPIC/SUB/2026/11/21/8/${randomUUID()}.json`;
    await uploadUndeliverable(runtime, blob, JSON.stringify([undelivered]));
    sent.dead.push(
      { origin: 'events', id: refused.id },
      { origin: 'orders', id: invalid.id },
      { origin: foreignQueue, id: expired.id },
      { origin: 'eventgrid/TOPIC/SUB', id: undelivered.id },
    );
    sent.topic.push(either.id);
    await sleep(randomInt(200));
  }
}

async function liveAndDie(): Promise<void> {
  const host = await runtime.startHost();
  await sleep(randomInt(lifeMs.min, lifeMs.max));
  await host.kill();
}

/**
 * What Bronze holds, each as often as it does: dead by origin, and landed. Another consumer of the
 * topic has dead letters of its own.
 */
async function readVerdicts(): Promise<readonly string[]> {
  const verdicts = await stored.query<{ verdict: string }>(`
    select origin || ' ' || original_event_id as verdict from brz_event_dead_letter
    where origin <> '${sagaOrigin}' union all select 'landed ' || event_id from ${landedTable}`);
  return verdicts.map(({ verdict }) => verdict).toSorted();
}

/** The same as it has to be, where `found` says for an event of the topic which of the two it is. */
function verdictsOf({ dead, topic }: Sent, found: readonly string[]): readonly string[] {
  const hasLanded = (id: string): boolean => found.includes(`landed ${id}`);
  return [
    ...dead.map(({ origin, id }) => `${origin} ${id}`),
    ...topic.map((id) => `${hasLanded(id) ? 'landed' : relayOrigin} ${id}`),
  ].toSorted();
}

/** Whether nothing waits any more: in no queue, no dead-letter queue, and no hub. */
async function isQuiet(): Promise<boolean> {
  const { ends, isRelayBusy, hasDeadLetters } = await observer.read();
  const { isReconciled, inFlight, partitions } = await stored.reconcile();
  const read = partitions.reduce((sum, { planned }) => sum + planned + 1, 0);
  const there = ends.reduce((sum, { last }) => sum + last + 1, 0);
  const isRead = isReconciled && inFlight.length === 0 && read === there;
  if (isRelayBusy || hasDeadLetters || !isRead) return false;
  const waiting = await Promise.all(watches.map((findOldest) => findOldest()));
  return waiting.every((oldest) => oldest === undefined);
}

describe('a host that is killed again and again while letters of all sources come', () => {
  it(`keeps each dead letter once over ${kills} kills, and none of what has landed`, async () => {
    const sent: Sent = { dead: [], topic: [] };
    for (let killed = 0; killed < kills;) {
      const sending = sendBurst(sent);
      // Sometimes two hosts take partitions from each other, and each dies when it likes.
      const hosts = randomInt(3) === 0 ? 2 : 1;
      await Promise.all(Array.from({ length: hosts }, () => liveAndDie()));
      killed += hosts;
      await sending;
    }
    // Killing hosts that never ingest anything would prove nothing.
    expect((await stored.operational()).length).toBeGreaterThan(burst);

    const survivor = await runtime.startHost();
    const lasting = salesOrder({ type: updated });
    await publisher.toTopic(lasting);
    sent.topic.push(lasting.id);
    const count = async () => (await readVerdicts()).length;
    await expect.poll(count, patience).toBeGreaterThanOrEqual(sent.dead.length + sent.topic.length);
    await expect.poll(isQuiet, patience).toBe(true);
    const verdicts = await readVerdicts();
    await survivor.stop();

    expect(verdicts).toEqual(verdictsOf(sent, verdicts));
    expect(new Set(verdicts).size).toBe(verdicts.length);
    const analysed = await stored.analysed();
    expect(new Set(analysed).size).toBe(analysed.length);
    const operational = await stored.operational();
    expect(operational.map(({ id }) => id).toSorted()).toEqual(analysed);
  }, 240_000);
});
