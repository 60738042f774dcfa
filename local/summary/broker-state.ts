import { EventHubConsumerClient } from '@azure/event-hubs';
import { ServiceBusClient } from '@azure/service-bus';
import { watchForMessages } from './message-watch.ts';

/** A hub partition and how far it goes. */
export interface PartitionEnd {
  readonly hub: string;
  readonly partitionId: string;
  /** Creation time of the hub. */
  readonly incarnation: string;
  /** The newest sequence number, or -1 of an empty partition. */
  readonly last: number;
}

/** What the brokers still hold. */
export interface BrokerState {
  readonly ends: readonly PartitionEnd[];
  /** Whether the relayed subscription has messages that nobody has completed. */
  readonly isRelayBusy: boolean;
  /** Whether the dead-letter queue of that subscription has messages that wait for their verdict. */
  readonly hasDeadLetters: boolean;
}

export interface BrokerObserver {
  read(): Promise<BrokerState>;
  close(): Promise<void>;
}

const topic = 'upstream-events';
const subscription = 'bronze-relay';

/** Observes the brokers with the real SDK clients, without taking anything. */
export function observeBrokers(
  hubs: readonly string[],
  connections: { readonly eventHubs: string; readonly serviceBus: string },
): BrokerObserver {
  const clients = hubs.map(
    (hub) => [hub, new EventHubConsumerClient('$Default', connections.eventHubs, hub)] as const,
  );
  const bus = new ServiceBusClient(connections.serviceBus);
  const options = { subQueueType: 'deadLetter' } as const;
  const findDeadLetter = watchForMessages(bus.createReceiver(topic, subscription, options));
  const findOldest = watchForMessages(bus.createReceiver(topic, subscription));
  return {
    async read() {
      // The relay first: what it has completed is in the hub before the hub's end is read.
      const isRelayBusy = (await findOldest()) !== undefined;
      const hasDeadLetters = (await findDeadLetter()) !== undefined;
      const ends = await Promise.all(clients.map(([hub, client]) => readEnds(hub, client)));
      return { isRelayBusy, hasDeadLetters, ends: ends.flat() };
    },
    async close() {
      for (const [, client] of clients) await client.close();
      await bus.close();
    },
  };
}

async function readEnds(
  hub: string,
  client: EventHubConsumerClient,
): Promise<readonly PartitionEnd[]> {
  const { createdOn, partitionIds } = await client.getEventHubProperties();
  const incarnation = createdOn.toISOString();
  return Promise.all(
    partitionIds.map(async (partitionId) => {
      const properties = await client.getPartitionProperties(partitionId);
      const last = properties.isEmpty ? -1 : properties.lastEnqueuedSequenceNumber;
      return { hub, partitionId, incarnation, last };
    }),
  );
}
