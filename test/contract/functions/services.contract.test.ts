import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { composeServices, type Services } from '../../../functions/compose.ts';
import { entities, relayOrigin } from '../../../functions/entities.ts';
import { layFoundation } from '../../../functions/compose/foundation.ts';
import { openLake } from '../../../functions/compose/lake.ts';
import { openStorage } from '../../../functions/compose/storage.ts';
import { startBroker, type Broker } from '../../../local/broker/server.ts';
import { openDeltaTables } from '../../../shared/bronze/index.ts';
import type { Config } from '../../../shared/config/config.ts';
import type { SagaStarter } from '../../../sagas/runner/take-demand.ts';
import { readConfig } from '../../../shared/config/read-config.ts';
import { stateTables } from '../../../shared/config/state-tables.ts';
import { durationMs, systemClock } from '../../../shared/kernel/time.ts';
import { createTableLedger } from '../../../shared/ledger/table-ledger.ts';
import { createHubReader } from '../../../shared/messaging/hub-reader.ts';
import type { Log } from '../../../shared/ports/log.ts';
import { busMessage, hubMessage } from '../../support/bus-messages.ts';
import { readLetters } from '../../support/dead-letters/read-letters.ts';
import { salesOrder } from '../../support/events.ts';

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const orders = 'brz_event_erp_salesorder_created';

let broker: Broker;
let config: Config;
let services: Services;

function readSettings(overrides: Readonly<Record<string, string>>): Config {
  const sample = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as {
    Values: Record<string, string>;
  };
  const result = readConfig({ ...sample.Values, ...overrides });
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result.value;
}

const groups = ['cg-data-bronze', 'cg-data-reread'];
const hubNames = [entities.eventsHub, entities.landingHub, entities.deadLettersHub];
const hubs = hubNames.map((name) => ({
  name,
  partitionCount: 8,
  consumerGroups: groups,
}));

beforeAll(async () => {
  broker = await startBroker({ eventHubs: { hubs } });
  config = readSettings({
    AzureWebJobsStorage: inject('storageConnection'),
    EventHubs: broker.eventHubs,
    bronze_container: `bronze-${randomUUID()}`,
    payload_container: `payloads-${randomUUID()}`,
    settle_idle_after_seconds: '1',
  });
  services = composeServices(config, silent);
});

afterAll(async () => {
  await services.close();
  await broker.stop();
});

const toBody = (event: unknown): Buffer => Buffer.from(JSON.stringify(event));

async function rowsOf(table: string): Promise<number> {
  const lake = await openLake(config, randomUUID);
  const tables = openDeltaTables({
    store: lake.store,
    clock: systemClock,
    newId: randomUUID,
    log: silent,
  });
  const snapshot = await tables.snapshot(table);
  return (snapshot?.files ?? []).reduce((sum, { rows }) => sum + (rows ?? 0), 0);
}

describe('the services', () => {
  it('land a delivery of the hub, and land nothing when it is delivered again', async () => {
    const { consume } = await services.bronze();
    const before = await rowsOf(orders);
    const messages = [0, 1].map((sequenceNumber) =>
      hubMessage({
        sequenceNumber,
        contentType: 'application/cloudevents+json',
        body: toBody(salesOrder()),
      }),
    );
    await consume(entities.eventsHub, { partitionId: '0', messages });
    await consume(entities.eventsHub, { partitionId: '0', messages });
    expect((await rowsOf(orders)) - before).toBe(2);
  });

  it('carry a Service Bus message through the landing hub into Bronze, counted under its subscription', async () => {
    const { relayMessages } = await services.relay();
    const event = salesOrder();
    await relayMessages([busMessage({ sessionId: 'SO-1', body: toBody(event) })]);
    await relayMessages([busMessage({ sessionId: 'SO-1', body: toBody(event) })]);
    const before = await rowsOf(orders);
    await deliverLandingHub();
    expect((await rowsOf(orders)) - before).toBe(1);
    expect(await countsOf(relayOrigin)).toEqual({ received: 2, landed: 1, duplicate: 1 });
  });

  it('hand an order command to the sagas once, and answer its copy from the inbox', async () => {
    const { handleCommand } = await services.orders();
    const started: unknown[] = [];
    const starter: SagaStarter = {
      start: (_definition, { data }) => {
        started.push(data['order_id']);
        return Promise.resolve({ kind: 'started', sagaId: 'SO-1' });
      },
      cancel: () => Promise.resolve('recorded'),
    };
    const order = salesOrder();
    const message = busMessage({ sessionId: 'SO-1', body: toBody(order) });
    await handleCommand(starter, message);
    await handleCommand(starter, message);
    expect(started).toEqual([order.data['order_id']]);
  });

  it('make a dead letter of an order command that nobody can handle', async () => {
    const { handleCommand } = await services.orders();
    const starter: SagaStarter = {
      start: () => Promise.reject(new Error('nothing is to be started')),
      cancel: () => Promise.reject(new Error('nothing is to be cancelled')),
    };
    const other = salesOrder({ type: 'com.acmemfg.erp.salesorder.updated' });
    const bodies = [Buffer.from('no order'), toBody(other), toBody([salesOrder(), salesOrder()])];
    for (const [sequenceNumber, body] of bodies.entries()) {
      const format = sequenceNumber === 2 ? 'cloudevents-batch+json' : 'cloudevents+json';
      const contentType = `application/${format}`;
      await handleCommand(starter, busMessage({ sequenceNumber, body, contentType }));
    }
    const letters = await readLetters(broker.eventHubs);
    const found = letters.map(({ head: { origin, sequenceNumber, rejection } }) => {
      return `${origin} ${sequenceNumber} ${rejection.violations[0].code}`;
    });
    expect(found.toSorted()).toEqual([
      'orders 0 json.malformed',
      'orders 1 saga.not_concerned',
      'orders 2 batch.not_supported',
    ]);
  });

  it('settle, maintain and clean up without touching what is young', async () => {
    const { maintain, cleanClaims, settleIdle } = await services.bronze();
    const before = await rowsOf(orders);
    await settleIdle();
    await maintain();
    await cleanClaims();
    expect(await rowsOf(orders)).toBe(before);
  });

  it('are ready when everything answers, and name what does not', async () => {
    const { findProblems } = await services.readiness();
    expect(await findProblems()).toEqual([]);
    const other = composeServices({ ...config, hubs: { ...config.hubs, partitions: 4 } }, silent);
    const problems = await (await other.readiness()).findProblems();
    expect(problems.map(({ check }) => check)).toEqual(hubNames.map((name) => `hub ${name}`));
    await other.close();
  });
});

/** Delivers every message of the landing hub, as its trigger would. */
async function deliverLandingHub(): Promise<void> {
  const hub = entities.landingHub;
  const { consume } = await services.bronze();
  const { hubs: clients, directory } = await layFoundation(config, silent);
  const { incarnation, partitionIds } = await directory.facts(hub);
  const timeout = durationMs(10_000);
  const reader = createHubReader({ clientOf: clients.consumerOf, directory, timeout });
  for (const partitionId of partitionIds) {
    const { namespace } = clients;
    const partition = { namespace, hub, incarnation, consumerGroup: 'none', partitionId };
    const messages = await reader.read(partition, 0, Number.MAX_SAFE_INTEGER);
    if (messages.length > 0) await consume(hub, { partitionId, messages });
  }
  await clients.close();
}

async function countsOf(origin: string): Promise<Record<string, number>> {
  const storage = await openStorage(config.connections.stateStorage);
  const ledger = createTableLedger(await storage.table(stateTables.ledger));
  const sum = { received: 0, landed: 0, duplicate: 0 };
  for await (const author of ledger.authors()) {
    for (const plan of await ledger.plansAfter(author, -1)) {
      const counts = plan.countsByOrigin.get(origin);
      if (counts === undefined) continue;
      sum.received += counts.received;
      sum.landed += counts.landed;
      sum.duplicate += counts.duplicate;
    }
  }
  return sum;
}
