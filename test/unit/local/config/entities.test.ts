import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { participantNames } from '../../../../domain/messages.ts';
import { busEntities, entities, subscriptionPath } from '../../../../functions/entities.ts';
import { trackerHost } from '../../../../sagas/choreography/tracking.ts';
import { readConfig } from '../../../../shared/config/read-config.ts';

interface Hub {
  readonly Name: string;
  readonly PartitionCount: string;
  readonly ConsumerGroups: readonly { readonly Name: string }[];
}

interface Entity {
  readonly Name: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Subscriptions?: readonly Entity[];
  readonly Rules?: readonly { readonly Properties: Readonly<Record<string, unknown>> }[];
}

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const hubs = read('local/config/event-hubs.json') as {
  UserConfig: { NamespaceConfig: [{ Entities: Hub[] }] };
};
const bus = read('local/config/service-bus.json') as {
  UserConfig: { Namespaces: [{ Queues: Entity[]; Topics: Entity[] }] };
};
const sample = read('local.settings.sample.json') as { Values: Record<string, string> };
const config = readConfig(sample.Values);
if (!config.ok) throw new Error('the sample settings do not start');
const { hubs: hubConfig, bus: busConfig } = config.value;
const [{ Queues, Topics }] = bus.UserConfig.Namespaces;

/** What a subscription and a queue of this application have in common (S0-31). */
const locked = {
  DeadLetteringOnMessageExpiration: true,
  LockDuration: `PT${busConfig.lock / 60_000}M`,
  MaxDeliveryCount: 10,
};

describe('the entities of the local broker', () => {
  it('are the hubs that the application reads, with its partitions and consumer groups', () => {
    const bronze = [hubConfig.bronzeGroup, hubConfig.rereadGroup];
    const hub = (Name: string, groups: readonly string[]): Hub => ({
      Name,
      PartitionCount: `${hubConfig.partitions}`,
      ConsumerGroups: groups.map((group) => ({ Name: group })),
    });
    expect(hubs.UserConfig.NamespaceConfig[0].Entities).toEqual([
      hub(entities.eventsHub, [...bronze, hubConfig.sagaGroup]),
      hub(entities.landingHub, bronze),
      hub(entities.deadLettersHub, bronze),
    ]);
  });

  it('are the queues of sagas, which keep the order of a saga', () => {
    const sessions = [
      entities.ordersQueue,
      ...Object.values(entities.commandQueues),
      entities.repliesQueue,
      entities.replaysQueue,
    ];
    expect(Queues.map(({ Name }) => Name)).toEqual(sessions);
    for (const { Properties } of Queues) {
      expect(Properties).toMatchObject({ ...locked, RequiresSession: true });
    }
  });

  it('drop a replay that comes again, where nothing else knows copies', () => {
    const queue = Queues.find(({ Name }) => Name === entities.replaysQueue);
    expect(queue?.Properties).toMatchObject({ RequiresDuplicateDetection: true });
  });

  it('are all that dead letters are taken from', () => {
    const subscriptions = Topics.flatMap(({ Name: topic, Subscriptions = [] }) =>
      Subscriptions.map(({ Name }) => subscriptionPath(topic, Name)),
    );
    const all = [...Queues.map(({ Name }) => Name), ...subscriptions];
    expect(busEntities.toSorted()).toEqual(all.toSorted());
  });

  it('are the topics with the subscriptions that the application reads', () => {
    expect(Topics.map(({ Name }) => Name)).toEqual([
      entities.upstreamTopic,
      entities.choreographyTopic,
    ]);
    const [upstream, choreography] = Topics.map(({ Subscriptions = [] }) => Subscriptions);
    expect(upstream?.map(({ Name }) => Name)).toEqual([
      entities.relaySubscription,
      entities.sagaSubscription,
    ]);
    for (const { Properties } of upstream ?? []) {
      const RequiresSession = busConfig.requiresSessions;
      expect(Properties).toMatchObject({ ...locked, RequiresSession });
    }
    expect(choreography?.map(({ Name }) => Name)).toEqual(Object.keys(entities.commandQueues));
    for (const { Properties } of choreography ?? []) {
      expect(Properties).toMatchObject({ ...locked, RequiresSession: true });
    }
  });

  it('are the topic of choreographed sagas, where each participant gets what it reacts to', () => {
    const [{ Topics }] = bus.UserConfig.Namespaces;
    const topic = Topics.find(({ Name }) => Name === entities.choreographyTopic);
    const subscriptions = topic?.Subscriptions ?? [];
    expect(topic?.Properties).toMatchObject({ RequiresDuplicateDetection: true });
    expect(subscriptions.map(({ Name }) => Name)).toEqual(participantNames);
    for (const { Name, Properties, Rules = [] } of subscriptions) {
      expect(Properties).toMatchObject({ ...locked, RequiresSession: true });
      const filters = Rules.map((rule) => rule.Properties['CorrelationFilter']);
      // The tracker sees everything.
      expect(filters).toEqual(Name === trackerHost ? [] : [{ Properties: { participant: Name } }]);
    }
  });
});
