import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sagaEntities, sagaGroupOf } from '../../../../local/summary/saga-flow.ts';
import { readConfig } from '../../../../shared/config/read-config.ts';

interface Entity {
  readonly Name: string;
  readonly Subscriptions?: readonly Entity[];
}

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const bus = read('local/config/service-bus.json') as {
  UserConfig: { Namespaces: [{ Queues: Entity[]; Topics: Entity[] }] };
};
const sample = read('local.settings.sample.json') as { Values: Record<string, string> };
const [{ Queues, Topics }] = bus.UserConfig.Namespaces;

describe('what is watched for sagas', () => {
  it('is every entity of the local broker but the relay and what waits for a person', () => {
    const all = [
      ...Queues.map(({ Name }) => Name),
      ...Topics.flatMap(({ Name, Subscriptions = [] }) =>
        Subscriptions.map((subscription) => `${Name}/${subscription.Name}`),
      ),
    ];
    const watched = sagaEntities.map(({ queue, topic, subscription }) =>
      topic === undefined ? String(queue) : `${topic}/${String(subscription)}`,
    );
    const others = ['upstream-events/bronze-relay'];
    expect(watched.toSorted()).toEqual(all.filter((name) => !others.includes(name)).toSorted());
  });

  it('is the consumer group that the application reads the hub with', () => {
    for (const team of ['data', 'blue']) {
      const settings = { ...sample.Values, team };
      const config = readConfig(settings);
      expect(config.ok && config.value.hubs.sagaGroup).toBe(sagaGroupOf(settings));
    }
  });
});
