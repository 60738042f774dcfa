import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { layFoundation, type Foundation } from '../../../functions/compose/foundation.ts';
import { openClaims } from '../../../functions/compose/claims.ts';
import { openSagaPorts } from '../../../functions/compose/saga-ports.ts';
import { composeServices, type Services } from '../../../functions/compose.ts';
import { entities, relayOrigin } from '../../../functions/entities.ts';
import { startBroker, type Broker } from '../../../local/broker/server.ts';
import type { Config } from '../../../shared/config/config.ts';
import { readConfig } from '../../../shared/config/read-config.ts';
import { stateTables } from '../../../shared/config/state-tables.ts';
import { replaySlice } from '../../../shared/deadletter/replay/replay-slice.ts';
import type { ReplayPorts } from '../../../shared/deadletter/replay/replay-letter.ts';
import type { ReplayOutcome } from '../../../shared/deadletter/replay/replay-outcome.ts';
import { claimDeadLetters } from '../../../shared/ingest/claim-dead-letters.ts';
import { deadLetterId } from '../../../shared/ingest/dead-letter-id.ts';
import { authorOutsideHubs } from '../../../shared/kernel/author.ts';
import { replayProperties } from '../../../shared/kernel/replay-properties.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import { createTableLedger } from '../../../shared/ledger/table-ledger.ts';
import { wrapReplay } from '../../../shared/messaging/relay-envelope.ts';
import type { DeadLetterRecord } from '../../../shared/ports/dead-letters.ts';
import type { Log } from '../../../shared/ports/log.ts';
import type { ReplayContent } from '../../../shared/ports/replays.ts';
import type { SagaInstances } from '../../../shared/ports/sagas.ts';
import { arrivalOf, busMessage, hubMessage } from '../../support/bus-messages.ts';
import { startCountingProxy, type CountingProxy } from '../../support/counting-proxy.ts';
import { deadMessage, enqueuedAt } from '../../support/dead-letters/dead-messages.ts';
import { sampleInstant, sampleLetter } from '../../support/dead-letters/sample-letters.ts';
import { salesOrder, type SalesOrder } from '../../support/events.ts';

const ofEachKind = 24;
const operator = { by: 'ada', why: 'a test' };

/** What the application logs of each order, by the dead letter that is being handled. */
let handledNow = '';
const orderOutcomes = new Map<string, string>();
const silent = (): void => undefined;
const log: Log = {
  debug: silent,
  info: (message, details) => {
    if (message !== 'Handled an order command') return;
    const { outcome, taken } = details ?? {};
    const isCopy = outcome === 'repeated' || taken === '["duplicate"]';
    orderOutcomes.set(handledNow, isCopy ? 'duplicate' : 'handled');
  },
  warn: silent,
  error: silent,
};

/** Runs that nobody executes. */
const instances: SagaInstances = {
  start: () => Promise.resolve(),
  raise: () => Promise.resolve('missing'),
  status: () => Promise.resolve(undefined),
};

let broker: Broker;
let proxy: CountingProxy;
let foundation: Foundation;
let services: Services;
let ports: ReplayPorts;
const sent: ReplayContent[] = [];
const expected = new Map<string, string>();

function readSettings(overrides: Readonly<Record<string, string>>): Config {
  const sample = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as {
    Values: Record<string, string>;
  };
  const result = readConfig({ ...sample.Values, ...overrides });
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result.value;
}

beforeAll(async () => {
  const consumerGroups = ['cg-data-bronze', 'cg-data-reread'];
  const hubs = [entities.eventsHub, entities.landingHub].map((name) => ({
    ...{ name, partitionCount: 8, consumerGroups },
  }));
  broker = await startBroker({ eventHubs: { hubs } });
  proxy = await startCountingProxy(inject('storageConnection'));
  const config = readSettings({
    AzureWebJobsStorage: proxy.connection,
    StateStorage: proxy.connection,
    BronzeStorage: proxy.connection,
    EventHubs: broker.eventHubs,
    bronze_container: `bronze-${randomUUID()}`,
    payload_container: `payloads-${randomUUID()}`,
  });
  foundation = await layFoundation(config, log);
  services = composeServices(config, log);
  const duty = await services.replays();
  const sender = {
    send: (_target: unknown, _id: string, content: ReplayContent) =>
      Promise.resolve(void sent.push(content)),
  };
  ports = { ...duty.ports, sender };
  const { intake } = await services.deadLetters();
  await intake.record([...(await bronzeLetters()), ...(await orderLetters())]);
}, 120_000);

afterAll(async () => {
  await services.close();
  await foundation.close();
  proxy.stop();
  await broker.stop();
});

let minute = 0;

function letterOf(event: SalesOrder, fields: Partial<DeadLetterRecord>): DeadLetterRecord {
  const content = JSON.stringify(event);
  minute += 1;
  return sampleLetter(event.id + randomUUID(), {
    eventId: event.id,
    deadLetteredAt: epochMs(sampleInstant + minute * 1_000),
    payload: { encoding: 'utf8', content, sizeBytes: content.length },
    ...fields,
  });
}

const changedData = (event: SalesOrder): SalesOrder => ({
  ...event,
  data: { ...event.data, order_total: 1 },
});
const invalidData = (event: SalesOrder): SalesOrder => ({
  ...event,
  data: { ...event.data, currency: 7 },
});

function expectOf(prediction: string, record: DeadLetterRecord): DeadLetterRecord {
  expected.set(record.id, prediction);
  return record;
}

/** Letters of Bronze in every standing that an event can have there. */
async function bronzeLetters(): Promise<readonly DeadLetterRecord[]> {
  const [reader, claims] = [await foundation.reader(), await openClaims(foundation, 'bronze')];
  const { consume } = await services.bronze();
  const landed = Array.from({ length: 2 * ofEachKind }, () => salesOrder());
  const messages = landed.map((event, sequenceNumber) =>
    hubMessage({
      ...{ sequenceNumber, contentType: 'application/cloudevents+json' },
      body: Buffer.from(JSON.stringify(event)),
    }),
  );
  await consume(entities.eventsHub, { partitionId: '0', messages });
  const records: DeadLetterRecord[] = [];
  for (let at = 0; at < ofEachKind; at += 1) {
    records.push(expectOf('would-pass', letterOf(salesOrder(), {})));
    const [copy, other] = [landed[at], landed[ofEachKind + at]];
    if (copy === undefined || other === undefined) throw new Error('nothing has landed');
    records.push(expectOf('would-be-duplicate', letterOf(copy, { origin: 'bronze-landing' })));
    records.push(expectOf('would-fail', letterOf(changedData(other), {})));
    records.push(expectOf('would-fail', letterOf(invalidData(salesOrder()), {})));
    const relayed = salesOrder();
    const sequenceNumber = 1_000_000 + Math.floor(Math.random() * 1e9) + at;
    const body = Buffer.from(JSON.stringify(relayed));
    await claimDeadLetters({ reader, claims }, [deadMessage({ sequenceNumber, body })]);
    const author = authorOutsideHubs('bus', relayOrigin, enqueuedAt);
    const id = deadLetterId({ author, sequenceNumber, index: 0 });
    records.push(expectOf('would-pass', letterOf(relayed, { id, origin: relayOrigin })));
  }
  return records;
}

/** Letters of the orders queue in every standing that a command can have there. */
async function orderLetters(): Promise<readonly DeadLetterRecord[]> {
  const { store } = await openSagaPorts(foundation);
  const records: DeadLetterRecord[] = [];
  const add = (prediction: string, event: SalesOrder): void => {
    const fields = { origin: 'orders', sessionId: randomUUID() };
    records.push(expectOf(prediction, letterOf(event, fields)));
  };
  for (let at = 0; at < ofEachKind; at += 1) {
    add('would-pass', salesOrder());
    add('would-fail', invalidData(salesOrder()));
    add('would-fail', salesOrder({ type: 'com.acmemfg.erp.salesorder.updated' }));
    const [done, mismatched, running] = [salesOrder(), salesOrder(), salesOrder()];
    await handleOrder('before', contentOf(done));
    await handleOrder('before', contentOf(mismatched));
    add('would-be-duplicate', done);
    add('would-fail', changedData(mismatched));
    await store.insert({
      sagaId: running.subject,
      definition: 'order-fulfilment',
      phase: 'running',
      startedBy: { source: '/another', id: randomUUID() },
      facts: {},
      claimedAt: epochMs(sampleInstant),
    });
    add('would-be-duplicate', running);
    const long = 'x'.repeat(95);
    const unusable = salesOrder();
    add('would-fail', { ...unusable, data: { ...unusable.data, order_id: long } });
  }
  return records;
}

function contentOf(event: SalesOrder): Pick<ReplayContent, 'body' | 'properties' | 'sessionId'> {
  return { body: Buffer.from(JSON.stringify(event)), properties: new Map(), sessionId: undefined };
}

async function handleOrder(
  name: string,
  { body, properties, sessionId }: Pick<ReplayContent, 'body' | 'properties' | 'sessionId'>,
): Promise<void> {
  const [{ handleCommand }, { starter }] = await Promise.all([services.orders(), services.sagas()]);
  handledNow = name;
  await handleCommand(starter(instances), busMessage({ body, properties, sessionId }));
}

async function replayAll(isDryRun: boolean): Promise<readonly ReplayOutcome[]> {
  const outcomes: ReplayOutcome[] = [];
  let after: string | undefined;
  do {
    const query = { limit: 200, ...(after !== undefined && { after }) };
    const slice = await replaySlice(ports, query, { ...operator, isDryRun });
    outcomes.push(...slice.outcomes.filter(({ id }) => expected.has(id)));
    after = slice.next;
  } while (after !== undefined);
  return outcomes;
}

/** What Bronze makes of replays, delivered to it as its trigger would. */
async function landReplays(contents: readonly ReplayContent[]): Promise<readonly string[]> {
  const { consume } = await services.bronze();
  const messages = contents.map((content, sequenceNumber) => ({
    ...arrivalOf(wrapReplay(content.deadLetterId, content)),
    sequenceNumber,
  }));
  await consume(entities.landingHub, { partitionId: '0', messages });
  const ledger = createTableLedger(await foundation.state.table(stateTables.ledger));
  const verdicts: string[] = [];
  const { incarnation } = await foundation.directory.facts(entities.landingHub);
  for await (const author of ledger.authors()) {
    if (!author.includes(`/${entities.landingHub}/${incarnation}/`)) continue;
    for (const plan of await ledger.plansAfter(author, -1)) {
      verdicts.push(...plan.items.map(({ verdict }) => verdict.kind));
    }
  }
  return verdicts;
}

describe('a dry run over a few hundred letters', { timeout: 120_000 }, () => {
  let predictions: readonly ReplayOutcome[];

  it('changes nothing: every request to the storage is a read, and nothing is sent', async () => {
    // What opens tables and connections has been done by then.
    await replaySlice(ports, { limit: 20 }, { ...operator, isDryRun: true });
    proxy.take();
    predictions = await replayAll(true);
    expect(predictions).toHaveLength(expected.size);
    expect(predictions.length).toBeGreaterThan(250);
    const writes = proxy.take().filter((request) => !request.startsWith('GET '));
    expect(writes).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('says of each letter what its standing makes true', () => {
    const said = new Map(predictions.map(({ id, outcome }) => [id, outcome]));
    const wrong = [...expected].filter(([id, prediction]) => said.get(id) !== prediction);
    expect(wrong.map(([id, prediction]) => [prediction, said.get(id)])).toEqual([]);
  });

  it('is what the replay then comes to, at the sender and at the consumers', async () => {
    const outcomes = await replayAll(false);
    for (const { id, outcome, code } of outcomes) {
      const predicted = predictions.find((prediction) => prediction.id === id);
      expect(outcome).toBe(predicted?.outcome === 'would-fail' ? 'skipped' : 'replayed');
      expect(code).toBe(predicted?.code);
    }
    const kindOf = ({ deadLetterId: id }: ReplayContent): string | undefined =>
      predictions.find((prediction) => prediction.id === id)?.outcome;
    const toBronze = sent.filter(({ origin }) => origin !== 'orders');
    const verdicts = await landReplays(toBronze);
    expect(verdicts).toEqual(
      toBronze.map((content) => (kindOf(content) === 'would-pass' ? 'landed' : 'duplicate')),
    );
    const toOrders = sent.filter(({ origin }) => origin === 'orders');
    for (const content of toOrders) {
      // As the sender does, so that the order of the session knows it for a replay.
      const named = [replayProperties.deadLetter, content.deadLetterId] as const;
      const properties = new Map([...content.properties, named]);
      await handleOrder(content.deadLetterId, { ...content, properties });
    }
    expect(toOrders.map(({ deadLetterId: id }) => orderOutcomes.get(id))).toEqual(
      toOrders.map((content) => (kindOf(content) === 'would-pass' ? 'handled' : 'duplicate')),
    );
    expect([toBronze.length, toOrders.length]).toEqual([3 * ofEachKind, 3 * ofEachKind]);
  });
});
