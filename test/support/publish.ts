import { EventHubProducerClient, type EventData } from '@azure/event-hubs';
import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';

const structured = 'application/cloudevents+json';

/** Sends structured CloudEvents to the hub, topic and queue with the real SDK clients. */
export interface Publisher {
  toHub(event: object, partitionKey: string): Promise<void>;
  toTopic(event: object): Promise<void>;
  toOrders(command: object, sessionId: string): Promise<void>;
  close(): Promise<void>;
}

export function openPublisher(connections: {
  readonly eventHubs: string;
  readonly serviceBus: string;
}): Publisher {
  const hub = new EventHubProducerClient(connections.eventHubs, 'events');
  const serviceBus = new ServiceBusClient(connections.serviceBus);
  const topic = serviceBus.createSender('upstream-events');
  const orders = serviceBus.createSender('orders');
  return {
    toHub: (event, partitionKey) => hub.sendBatch([message(event)], { partitionKey }),
    toTopic: (event) => topic.sendMessages(message(event)),
    toOrders: (command, sessionId) => orders.sendMessages({ ...message(command), sessionId }),
    close: async () => {
      await hub.close();
      await serviceBus.close();
    },
  };
}

function message(event: object): EventData & ServiceBusMessage {
  return { body: Buffer.from(JSON.stringify(event)), contentType: structured };
}
