import { EventHubConsumerClient } from '@azure/event-hubs';
import {
  ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';
import { countEvents } from '../feed/count-events.ts';
import { peekNewMessages, watchForMessages } from './message-watch.ts';

/** A hub partition and how far it goes. */
export interface PartitionEnd {
  readonly hub: string;
  readonly partitionId: string;
  /** Creation time of the hub. */
  readonly incarnation: string;
  /** The newest sequence number, or -1 of an empty partition. */
  readonly last: number;
}

/** What the brokers still hold, and what they gave up. */
export interface BrokerState {
  readonly ends: readonly PartitionEnd[];
  /** Whether the relayed subscription has messages that nobody has completed. */
  readonly isRelayBusy: boolean;
  /** Events in messages that the broker dead-lettered, by its reason: a verdict, too. */
  readonly deadLetters: ReadonlyMap<string, number>;
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
  // Peeking goes on where it stopped, so that each dead letter is seen once.
  const deadLetters = bus.createReceiver(topic, subscription, options);
  const findOldest = watchForMessages(bus.createReceiver(topic, subscription));
  const counted = new Map<string, number>();
  return {
    async read() {
      // The relay first: what it has completed is in the hub before the hub's end is read.
      const isRelayBusy = (await findOldest()) !== undefined;
      await countDeadLetters(deadLetters, counted);
      const ends = await Promise.all(clients.map(([hub, client]) => readEnds(hub, client)));
      return { isRelayBusy, deadLetters: new Map(counted), ends: ends.flat() };
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

async function countDeadLetters(
  receiver: ServiceBusReceiver,
  counted: Map<string, number>,
): Promise<void> {
  for (const message of await peekNewMessages(receiver)) {
    const reason = message.deadLetterReason ?? 'unknown';
    counted.set(reason, (counted.get(reason) ?? 0) + eventsIn(message));
  }
}

function eventsIn(message: ServiceBusReceivedMessage): number {
  const body: unknown = message.body;
  const { contentType, applicationProperties = {} } = message;
  const properties = new Map(Object.keys(applicationProperties).map((name) => [name, '']));
  const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body));
  return countEvents({ body: bytes, contentType, properties });
}
