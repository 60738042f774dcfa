import type { ServiceBusAdministrationClient } from '@azure/service-bus';
import type { BrokerCounts } from '../ports/broker-counts.ts';
import type { Log } from '../ports/log.ts';

/** What is used of the administration client of Service Bus. */
export type CountingClient = Pick<
  ServiceBusAdministrationClient,
  'getQueueRuntimeProperties' | 'getSubscriptionRuntimeProperties'
>;

/** A broker that does not answer in this time does not say. */
const requestTimeoutMs = 5_000;

/**
 * The counts of Service Bus. They need the right to manage the namespace (the role "Azure Service
 * Bus Data Owner"), which this application needs for nothing else: without it nothing is counted.
 */
export function createBrokerCounts(client: CountingClient, log: Log): BrokerCounts {
  return {
    deadLetters: async (entities) => {
      const found = await Promise.all(
        entities.map(async (entity): Promise<readonly (readonly [string, number])[]> => {
          try {
            return [[entity, await countOf(client, entity)]];
          } catch (error) {
            log.debug('A broker does not say what it holds', { entity, reason: nameOf(error) });
            return [];
          }
        }),
      );
      return new Map(found.flat());
    },
  };
}

async function countOf(client: CountingClient, entity: string): Promise<number> {
  const [topic = '', subscription] = entity.split(/\/subscriptions\//i);
  const options = { requestOptions: { timeout: requestTimeoutMs } };
  const { deadLetterMessageCount } =
    subscription === undefined
      ? await client.getQueueRuntimeProperties(topic, options)
      : await client.getSubscriptionRuntimeProperties(topic, subscription, options);
  return deadLetterMessageCount;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
