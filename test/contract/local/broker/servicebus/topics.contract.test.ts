import type { ServiceBusMessage } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import {
  bodies,
  peekAll,
  queue,
  receive,
  receiveNone,
  receiveOne,
  startServiceBus,
  type Broker,
  type Json,
} from './harness.ts';

const minute = 60_000;

function sqlRule(name: string, expression: string, action?: string): Json {
  return {
    Name: name,
    Properties: {
      FilterType: 'Sql',
      SqlFilter: { SqlExpression: expression },
      ...(action === undefined ? {} : { Action: { SqlExpression: action } }),
    },
  };
}

function correlationRule(name: string, filter: Json): Json {
  return { Name: name, Properties: { FilterType: 'Correlation', CorrelationFilter: filter } };
}

function topic(name: string, subscriptions: readonly Json[], properties: Json = {}): Json {
  return { Name: name, Properties: properties, Subscriptions: subscriptions };
}

function subscription(name: string, rules: readonly Json[], properties: Json = {}): Json {
  return { Name: name, Rules: rules, Properties: properties };
}

/** The bodies of the ready messages of a subscription. */
async function contentsOf(broker: Broker, name: string): Promise<readonly unknown[]> {
  return bodies(await peekAll(broker, `events/Subscriptions/${name}`));
}

const order: ServiceBusMessage = {
  body: 'order',
  messageId: 'm-1',
  subject: 'order.created',
  correlationId: 'c-1',
  applicationProperties: { region: 'EU', total: 120, express: true },
};
const shipment: ServiceBusMessage = {
  body: 'shipment',
  messageId: 'm-2',
  subject: 'shipment.sent',
  applicationProperties: { region: 'US', total: 7.5 },
};

describe('Service Bus topics over AMQP', () => {
  it('copies a message to every subscription that has no rule of its own', async () => {
    const broker = await startServiceBus({
      Topics: [topic('events', [subscription('a', []), subscription('b', [])])],
    });
    await broker.client.createSender('events').sendMessages([order, shipment]);
    const a = broker.client.createReceiver('events', 'a');
    for (const message of await receive(a, 2)) await a.completeMessage(message);
    expect(await contentsOf(broker, 'a')).toEqual([]);
    expect(await contentsOf(broker, 'b')).toEqual(['order', 'shipment']);
  });

  it('selects by SQL filter: comparison, LIKE, IN, NULL, EXISTS, arithmetic and logic', async () => {
    const broker = await startServiceBus({
      Topics: [
        topic('events', [
          subscription('large', [sqlRule('r', 'total >= 100')]),
          subscription('orders', [sqlRule('r', "sys.Label LIKE 'order.%'")]),
          subscription('west', [sqlRule('r', "region IN ('US', 'CA')")]),
          subscription('unhurried', [sqlRule('r', 'express IS NULL')]),
          subscription('flagged', [sqlRule('r', 'EXISTS(express) AND express = TRUE')]),
          subscription('doubled', [sqlRule('r', 'total * 2 = 15')]),
          subscription('neither', [sqlRule('r', "NOT (region = 'EU' OR region = 'US')")]),
          subscription('unknown', [sqlRule('r', "nowhere <> 'x'")]),
        ]),
      ],
    });
    await broker.client.createSender('events').sendMessages([order, shipment]);
    expect(await contentsOf(broker, 'large')).toEqual(['order']);
    expect(await contentsOf(broker, 'orders')).toEqual(['order']);
    expect(await contentsOf(broker, 'west')).toEqual(['shipment']);
    expect(await contentsOf(broker, 'unhurried')).toEqual(['shipment']);
    expect(await contentsOf(broker, 'flagged')).toEqual(['order']);
    expect(await contentsOf(broker, 'doubled')).toEqual(['shipment']);
    expect(await contentsOf(broker, 'neither')).toEqual([]);
    expect(await contentsOf(broker, 'unknown')).toEqual([]);
  });

  it('selects by correlation filter: every condition must hold, with its case', async () => {
    const broker = await startServiceBus({
      Topics: [
        topic('events', [
          subscription('both', [
            correlationRule('r', { Label: 'order.created', CorrelationId: 'c-1' }),
          ]),
          subscription('half', [
            correlationRule('r', { Label: 'order.created', CorrelationId: 'c-2' }),
          ]),
          subscription('case', [correlationRule('r', { Label: 'Order.Created' })]),
          subscription('number', [correlationRule('r', { Properties: { total: 120 } })]),
          subscription('text', [correlationRule('r', { Properties: { total: '120' } })]),
        ]),
      ],
    });
    await broker.client.createSender('events').sendMessages([order, shipment]);
    expect(await contentsOf(broker, 'both')).toEqual(['order']);
    expect(await contentsOf(broker, 'half')).toEqual([]);
    expect(await contentsOf(broker, 'case')).toEqual([]);
    expect(await contentsOf(broker, 'number')).toEqual(['order']);
    expect(await contentsOf(broker, 'text')).toEqual([]);
  });

  it('makes one copy for all rules without action and one more for each rule with one', async () => {
    const broker = await startServiceBus({
      Topics: [
        topic('events', [
          subscription('all', [
            sqlRule('any', '1=1'),
            sqlRule('large', 'total > 100'),
            sqlRule('halve', 'total > 100', "SET total = total / 2; SET sys.Label = 'halved'"),
            sqlRule('strip', "region = 'EU'", 'REMOVE region; SET note = region'),
          ]),
        ]),
      ],
    });
    await broker.client.createSender('events').sendMessages(order);
    const [asSent, halved, stripped, ...others] = await receive(
      broker.client.createReceiver('events', 'all'),
      3,
    );
    expect(others).toEqual([]);
    expect(asSent).toMatchObject({ subject: 'order.created', messageId: 'm-1' });
    expect(asSent?.applicationProperties).toEqual(order.applicationProperties);
    expect(halved).toMatchObject({ subject: 'halved', body: 'order', messageId: 'm-1' });
    expect(halved?.applicationProperties).toEqual({
      region: 'EU',
      total: 60,
      express: true,
      RuleName: 'halve',
    });
    expect(stripped?.applicationProperties).toEqual({
      total: 120,
      express: true,
      RuleName: 'strip',
    });
  });

  it('holds a message scheduled on a topic back and finds duplicates there', async () => {
    const broker = await startServiceBus({
      Topics: [topic('events', [subscription('a', [])], { RequiresDuplicateDetection: true })],
    });
    const sender = broker.client.createSender('events');
    await sender.scheduleMessages(order, new Date(Date.now() + minute));
    await sender.sendMessages([shipment, shipment]);
    expect(await contentsOf(broker, 'a')).toEqual(['shipment']);
    await broker.passTime(2 * minute);
    expect(await contentsOf(broker, 'a')).toEqual(['shipment', 'order']);
  });

  it('has a dead-letter queue for each subscription, with sessions too', async () => {
    const broker = await startServiceBus({
      Topics: [
        topic('events', [
          subscription('plain', []),
          subscription('ordered', [], { RequiresSession: true }),
        ]),
      ],
    });
    const sender = broker.client.createSender('events');
    await sender.sendMessages([{ ...order, sessionId: 's' }, shipment]);
    const session = await broker.client.acceptSession('events', 'ordered', 's');
    await session.deadLetterMessage(await receiveOne(session), {
      deadLetterReason: 'why',
      deadLetterErrorDescription: 'because',
    });
    const dead = await receive(
      broker.client.createReceiver('events', 'ordered', { subQueueType: 'deadLetter' }),
      2,
    );
    expect(dead.map(({ body, deadLetterReason }) => [body as unknown, deadLetterReason])).toEqual(
      expect.arrayContaining([
        ['order', 'why'],
        ['shipment', 'Session ID is null.'],
      ]),
    );
    expect(await contentsOf(broker, 'plain')).toEqual(['order', 'shipment']);
  });

  it('refuses to receive from a topic and to send to a subscription', async () => {
    const { client } = await startServiceBus({
      Topics: [topic('events', [subscription('a', [])])],
    });
    await expect(client.createReceiver('events').receiveMessages(1)).rejects.toThrow(/is a topic/);
    await expect(client.createSender('events/Subscriptions/a').sendMessages(order)).rejects.toThrow(
      /cannot be sent/,
    );
  });
});

describe('The rule manager of the client', () => {
  it('lists, adds and removes rules, which take effect at once', async () => {
    const broker = await startServiceBus({ Topics: [topic('events', [subscription('a', [])])] });
    const rules = broker.client.createRuleManager('events', 'a');
    const names = async (): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const rule of rules.listRules()) found.push(rule.name);
      return found;
    };
    expect(await names()).toEqual(['$Default']);
    await rules.deleteRule('$default');
    const sender = broker.client.createSender('events');
    await sender.sendMessages(order);
    expect(await contentsOf(broker, 'a')).toEqual([]);

    await rules.createRule('sql', { sqlExpression: 'total > 100' }, { sqlExpression: 'SET x = 1' });
    await rules.createRule('correlation', {
      correlationId: 'c-9',
      applicationProperties: { region: 'US' },
    });
    const listed = [];
    for await (const rule of rules.listRules()) listed.push(rule);
    expect(listed).toMatchObject([
      {
        name: 'sql',
        filter: { sqlExpression: 'total > 100' },
        action: { sqlExpression: 'SET x = 1' },
      },
      {
        name: 'correlation',
        filter: { correlationId: 'c-9', applicationProperties: { region: 'US' } },
      },
    ]);
    await sender.sendMessages(order);
    expect(await contentsOf(broker, 'a')).toEqual(['order']);
  });

  it('refuses a bad expression with its place, a second rule of a name and an unknown one', async () => {
    const broker = await startServiceBus({ Topics: [topic('events', [subscription('a', [])])] });
    const rules = broker.client.createRuleManager('events', 'a');
    await expect(rules.createRule('bad', { sqlExpression: 'total >' })).rejects.toThrow(
      /expected the name of a property, found the end at position 8/,
    );
    await expect(rules.createRule('$Default', { sqlExpression: '1=1' })).rejects.toMatchObject({
      code: 'MessagingEntityAlreadyExists',
    });
    await expect(rules.deleteRule('nope')).rejects.toMatchObject({
      code: 'MessagingEntityNotFound',
    });
  });
});

describe('Forwarding in Service Bus', () => {
  it('passes messages on to another entity and refuses to give them out before', async () => {
    const { client } = await startServiceBus({
      Queues: [queue('final'), queue('first', { ForwardTo: 'events' })],
      Topics: [topic('events', [subscription('a', [], { ForwardTo: 'FINAL' })])],
    });
    await client.createSender('final').sendMessages({ body: 'direct' });
    await client.createSender('first').sendMessages(order);
    const [, forwarded] = await receive(client.createReceiver('final'), 2);
    expect(forwarded).toMatchObject({ body: 'order', messageId: 'm-1', enqueuedSequenceNumber: 1 });
    expect(forwarded?.sequenceNumber?.toNumber()).toBe(2);
    await expect(client.createReceiver('first').receiveMessages(1)).rejects.toThrow(/forwards/);
  });

  it('passes dead letters on and says where they died', async () => {
    const { client } = await startServiceBus({
      Queues: [
        queue('orders', { ForwardDeadLetteredMessagesTo: 'graveyard', MaxDeliveryCount: 1 }),
        queue('graveyard'),
      ],
    });
    await client.createSender('orders').sendMessages(order);
    const receiver = client.createReceiver('orders');
    await receiver.abandonMessage(await receiveOne(receiver));
    expect(await receiveOne(client.createReceiver('graveyard'))).toMatchObject({
      body: 'order',
      deadLetterSource: 'orders',
      deadLetterReason: 'MaxDeliveryCountExceeded',
    });
    const own = client.createReceiver('orders', { subQueueType: 'deadLetter' });
    expect(await receiveNone(own)).toEqual([]);
  });

  it('dead-letters a message that has been passed on four times', async () => {
    const { client } = await startServiceBus({
      Queues: [queue('ping', { ForwardTo: 'pong' }), queue('pong', { ForwardTo: 'ping' })],
    });
    await client.createSender('ping').sendMessages(order);
    const dead = await receiveOne(client.createReceiver('ping', { subQueueType: 'deadLetter' }));
    expect(dead.deadLetterReason).toBe('MaxTransferHopCountExceeded');
  });
});
