import { connect } from 'node:net';
import { once } from 'node:events';
import { ServiceBusClient } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBusAdministration } from '../../../../../functions/compose/bus-administration.ts';
import { startBroker, type Broker } from '../../../../../local/broker/server.ts';
import { parseServiceBusEntities } from '../../../../../local/broker/servicebus/entities/emulator-entities.ts';
import { createBrokerCounts } from '../../../../../shared/messaging/broker-counts.ts';
import type { ErrorDetails } from '../../../../../shared/kernel/app-error.ts';
import type { Log } from '../../../../../shared/ports/log.ts';

const subscription = 't/Subscriptions/s';
const file = {
  UserConfig: {
    Namespaces: [
      {
        Name: 'sbemulatorns',
        Queues: [{ Name: 'a-queue', Properties: {} }],
        Topics: [{ Name: 't', Properties: {}, Subscriptions: [{ Name: 's', Properties: {} }] }],
      },
    ],
  },
};

let broker: Broker;
let client: ServiceBusClient;
const logged: ErrorDetails[] = [];
const log: Log = {
  debug: (_message, details = {}) => void logged.push(details),
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

beforeEach(async () => {
  const entities = parseServiceBusEntities(JSON.stringify(file), 'test.json');
  if (!entities.ok) throw new Error(JSON.stringify(entities.problem));
  broker = await startBroker({ serviceBus: { entities: entities.value } });
  client = new ServiceBusClient(broker.serviceBus);
  logged.length = 0;
});

afterEach(async () => {
  await client.close();
  await broker.stop();
});

function openAdministration(text = broker.serviceBus) {
  return openBusAdministration({ kind: 'connection-string', text, namespace: '127.0.0.1' });
}

async function kill(entity: readonly [string] | readonly [string, string], count: number) {
  const sender = client.createSender(entity[0]);
  const messages = Array.from({ length: count }, () => ({ body: 'x' }));
  await sender.sendMessages(messages);
  const receiver =
    entity.length === 1 ? client.createReceiver(entity[0]) : client.createReceiver(...entity);
  for (let left = count; left > 0;) {
    const received = await receiver.receiveMessages(left, { maxWaitTimeInMs: 2_000 });
    for (const message of received) await receiver.deadLetterMessage(message);
    left -= received.length;
  }
  await receiver.close();
  await sender.close();
}

describe('the administration of the embedded broker, asked by the real client', () => {
  it('says what queues and subscriptions hold, dead letters apart', async () => {
    await kill(['a-queue'], 2);
    await client.createSender('a-queue').sendMessages({ body: 'alive' });
    await kill(['t', 's'], 1);
    const administration = await openAdministration();
    expect(await administration.getQueueRuntimeProperties('a-queue')).toMatchObject({
      ...{ name: 'a-queue', activeMessageCount: 1, deadLetterMessageCount: 2 },
      ...{ totalMessageCount: 3, scheduledMessageCount: 0 },
    });
    expect(await administration.getSubscriptionRuntimeProperties('t', 's')).toMatchObject({
      ...{ topicName: 't', subscriptionName: 's' },
      ...{ activeMessageCount: 0, deadLetterMessageCount: 1 },
    });
  });

  it('knows no entity that the file has not', async () => {
    const administration = await openAdministration();
    await expect(administration.getQueueRuntimeProperties('none')).rejects.toMatchObject({
      code: 'MessageEntityNotFoundError',
    });
    await expect(administration.createQueue('new')).rejects.toMatchObject({ statusCode: 400 });
  });

  it('closes with the broker, clients that have said nothing as well', async () => {
    const port = Number(/:(\d+);/.exec(broker.serviceBus)?.[1]);
    const silent = connect(port, '127.0.0.1');
    await once(silent, 'connect');
    const closed = once(silent, 'close');
    silent.on('error', () => undefined);
    await client.close();
    await broker.stop();
    await closed;
  });
});

describe('BrokerCounts over the real client', () => {
  it('counts dead letters by entity, and leaves out what the broker does not say', async () => {
    await kill(['a-queue'], 2);
    const counts = createBrokerCounts(await openAdministration(), log);
    const found = await counts.deadLetters(['a-queue', subscription, 'none', 't/subscriptions/x']);
    expect([...found]).toEqual([
      ['a-queue', 2],
      [subscription, 0],
    ]);
    expect(logged.map(({ entity }) => entity)).toEqual(['none', 't/subscriptions/x']);
  });

  it('is no condition: with a broker that does not answer, nothing is counted', async () => {
    await client.close();
    await broker.stop();
    const counts = createBrokerCounts(await openAdministration(), log);
    expect(await counts.deadLetters(['a-queue'])).toEqual(new Map());
  });
});
