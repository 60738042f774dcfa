import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { entities } from '../../../../functions/entities.ts';
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

/** What a subscription and a queue of this application have in common (S0-31). */
const locked = {
  DeadLetteringOnMessageExpiration: true,
  LockDuration: `PT${busConfig.lock / 60_000}M`,
  MaxDeliveryCount: 10,
};

describe('the entities of the local broker', () => {
  it('are the hubs that the application reads, with its partitions and consumer groups', () => {
    const groups = [{ Name: hubConfig.bronzeGroup }, { Name: hubConfig.rereadGroup }];
    expect(hubs.UserConfig.NamespaceConfig[0].Entities).toEqual(
      [entities.eventsHub, entities.landingHub].map((Name) => ({
        Name,
        PartitionCount: `${hubConfig.partitions}`,
        ConsumerGroups: groups,
      })),
    );
  });

  it('are the topic and the session queue that the application reads', () => {
    const [{ Queues, Topics }] = bus.UserConfig.Namespaces;
    expect(Queues.map(({ Name }) => Name)).toEqual([entities.ordersQueue]);
    expect(Queues[0]?.Properties).toMatchObject({ ...locked, RequiresSession: true });
    expect(Topics.map(({ Name }) => Name)).toEqual([entities.upstreamTopic]);
    const [subscription] = Topics[0]?.Subscriptions ?? [];
    expect(subscription?.Name).toBe(entities.relaySubscription);
    expect(subscription?.Properties).toMatchObject({
      ...locked,
      RequiresSession: busConfig.requiresSessions,
    });
  });
});
