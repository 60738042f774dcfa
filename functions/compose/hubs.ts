import {
  EventHubConsumerClient,
  EventHubProducerClient,
  type EventHubClientOptions,
} from '@azure/event-hubs';
import type { BrokerConnection } from '../../shared/config/connections.ts';
import { openCredential } from './credential.ts';

/** Clients of the Event Hubs namespace, one for each hub and use. */
export interface Hubs {
  /** Host name of the namespace, lower case. */
  readonly namespace: string;
  readonly consumerOf: (hub: string) => EventHubConsumerClient;
  readonly producerOf: (hub: string) => EventHubProducerClient;
  close(): Promise<void>;
}

/** Two tries of 10 s end well within half a message lock of a minute, which a relay may take. */
const clientOptions: EventHubClientOptions = {
  retryOptions: { maxRetries: 1, timeoutInMs: 10_000, retryDelayInMs: 500 },
};

/** Opens clients whose consumers read through `group`. Nothing is sent before they are used. */
export async function openHubs(connection: BrokerConnection, group: string): Promise<Hubs> {
  const credential =
    connection.kind === 'identity' ? await openCredential(connection.clientId) : undefined;
  const text = connection.kind === 'connection-string' ? connection.text : '';
  const { namespace } = connection;
  const consumers = memoise((hub) =>
    credential === undefined
      ? new EventHubConsumerClient(group, text, hub, clientOptions)
      : new EventHubConsumerClient(group, namespace, hub, credential, clientOptions),
  );
  const producers = memoise((hub) =>
    credential === undefined
      ? new EventHubProducerClient(text, hub, clientOptions)
      : new EventHubProducerClient(namespace, hub, credential, clientOptions),
  );
  return {
    namespace,
    consumerOf: consumers.of,
    producerOf: producers.of,
    close: async () => {
      const clients = [...consumers.made(), ...producers.made()];
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

function memoise<Client>(make: (hub: string) => Client) {
  const clients = new Map<string, Client>();
  return {
    made: () => clients.values(),
    of: (hub: string): Client => {
      const client = clients.get(hub) ?? make(hub);
      clients.set(hub, client);
      return client;
    },
  };
}
