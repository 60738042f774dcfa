import { describe, expect, it } from 'vitest';
import { EntityTree } from '../../../../../../local/broker/servicebus/entities/entity-tree.ts';
import { parseServiceBusEntities } from '../../../../../../local/broker/servicebus/entities/emulator-entities.ts';
import type { BrokerQueue } from '../../../../../../local/broker/servicebus/state/queue.ts';
import { at, messageOf, noon, valuesOf, type MessageSketch } from '../messages.ts';

function open(entities: object): EntityTree {
  const parsed = parseServiceBusEntities(
    JSON.stringify({ UserConfig: { Namespaces: [{ Name: 'n', ...entities }] } }),
    'test',
  );
  if (!parsed.ok) throw new Error(parsed.problem.join('\n'));
  let count = 0;
  return new EntityTree(parsed.value, { newId: () => `id-${++count}` });
}

function queueOf(tree: EntityTree, path: string): BrokerQueue {
  const entity = tree.find(path);
  if (entity === undefined) throw new Error(`${path} is missing`);
  return entity.queue;
}

function send(tree: EntityTree, path: string, sketch: MessageSketch = {}): void {
  queueOf(tree, path).submit({ message: messageOf(sketch) }, noon);
}

function contents(tree: EntityTree, path: string, now = noon) {
  return queueOf(tree, path).peek({ fromSequenceNumber: 0, count: 100 }, now);
}

describe('The entities of a namespace', () => {
  it('are found by path without regard to case, with their dead-letter queues', () => {
    const tree = open({
      Queues: [{ Name: 'Orders' }],
      Topics: [{ Name: 'Events', Subscriptions: [{ Name: 'All' }] }],
    });
    const kinds = [
      'orders',
      'ORDERS/$deadletterqueue',
      'events',
      'events/subscriptions/all',
      'Events/Subscriptions/All/$DeadLetterQueue',
      'events/$DeadLetterQueue',
      'events/all',
      '__proto__',
    ].map((path) => tree.find(path)?.kind);
    expect(kinds).toEqual([
      'queue',
      'deadLetterQueue',
      'topic',
      'subscription',
      'deadLetterQueue',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('number messages for each of them, and dead letters keep their number', () => {
    const tree = open({
      Queues: [{ Name: 'a', Properties: { MaxDeliveryCount: 1 } }, { Name: 'b' }],
    });
    send(tree, 'a');
    send(tree, 'a');
    send(tree, 'b');
    const queue = queueOf(tree, 'a');
    queue.receive({ mode: 'peekLock' }, noon);
    const second = queue.receive({ mode: 'peekLock' }, noon)?.lock?.token;
    if (second === undefined) throw new Error('two messages must come');
    queue.settle({ token: second, settlement: { action: 'abandon' } }, noon);
    expect(contents(tree, 'a/$DeadLetterQueue').map((m) => m.sequenceNumber)).toEqual([2]);
    expect(contents(tree, 'b').map((m) => m.sequenceNumber)).toEqual([1]);
    tree.advance(at(60_000));
    expect(contents(tree, 'a/$DeadLetterQueue').map((m) => m.sequenceNumber)).toEqual([1, 2]);
  });

  it('keep dead letters for ever, whatever their time to live', () => {
    const tree = open({
      Queues: [{ Name: 'q', Properties: { DeadLetteringOnMessageExpiration: true } }],
    });
    send(tree, 'q', { timeToLive: 1000 });
    tree.advance(at(1000));
    tree.advance(at(365 * 86_400_000));
    const [dead] = contents(tree, 'q/$DeadLetterQueue', at(366 * 86_400_000));
    expect(dead && valuesOf(dead.message)).toEqual({
      DeadLetterReason: 'TTLExpiredException',
      DeadLetterErrorDescription: 'The message expired and was dead lettered.',
    });
  });

  it('fan a message out with the topic number in each copy, and the shorter lifetime', () => {
    const tree = open({
      Topics: [
        {
          Name: 't',
          Properties: { DefaultMessageTimeToLive: 'PT10M' },
          Subscriptions: [
            { Name: 'short', Properties: { DefaultMessageTimeToLive: 'PT1M' } },
            { Name: 'long' },
          ],
        },
      ],
    });
    send(tree, 't');
    send(tree, 't');
    const [, second] = contents(tree, 't/subscriptions/short');
    expect(second).toMatchObject({ sequenceNumber: 2, enqueuedSequenceNumber: 2 });
    expect(second?.expiresAt).toBe(at(60_000));
    expect(contents(tree, 't/subscriptions/long')[0]?.expiresAt).toBe(at(600_000));
  });

  it('end a ring of forwarding after four hops', () => {
    const tree = open({
      Queues: [
        { Name: 'a', Properties: { ForwardTo: 'b' } },
        { Name: 'b', Properties: { ForwardTo: 'c' } },
        { Name: 'c', Properties: { ForwardTo: 'a' } },
      ],
    });
    send(tree, 'a');
    const found = ['a', 'b', 'c'].map((name) => contents(tree, `${name}/$DeadLetterQueue`).length);
    expect(found).toEqual([0, 1, 0]);
  });

  it('keep a dead letter that cannot be passed on', () => {
    const tree = open({
      Queues: [
        {
          Name: 'q',
          Properties: {
            ForwardDeadLetteredMessagesTo: 'q',
            DeadLetteringOnMessageExpiration: true,
            DefaultMessageTimeToLive: 'PT1S',
          },
        },
      ],
    });
    send(tree, 'q');
    for (let second = 1; second <= 6; second++) tree.advance(at(second * 1000));
    const [dead] = contents(tree, 'q/$DeadLetterQueue', at(7000));
    expect(dead).toMatchObject({ hops: 4, deadLetterSource: 'q' });
    expect(contents(tree, 'q', at(7000))).toEqual([]);
  });
});
