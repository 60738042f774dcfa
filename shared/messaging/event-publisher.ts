import type { EventHubProducerClient } from '@azure/event-hubs';
import type { BusSender, EventPublisher } from '../ports/bus.ts';
import { brokerUnavailable } from './hub-reader.ts';

const contentType = 'application/cloudevents+json; charset=utf-8';

/** Publishes to a hub. Events of one key stay in the order of their publishing. */
export function createHubPublisher(producer: EventHubProducerClient): EventPublisher {
  return {
    publish: async ({ key, body }) => {
      try {
        await producer.sendBatch([{ body: asBuffer(body), contentType }], { partitionKey: key });
      } catch (cause) {
        throw brokerUnavailable(producer.eventHubName, cause);
      }
    },
  };
}

/** Publishes to a topic. The key is the session, for subscriptions that have sessions. */
export function createTopicPublisher(sender: BusSender, topic: string): EventPublisher {
  return {
    publish: ({ id, type, key, body }) =>
      sender.send(topic, {
        ...{ messageId: id, contentType, subject: type, correlationId: key, properties: {}, body },
        // The broker takes 128 characters.
        sessionId: key.slice(0, 128),
      }),
  };
}

/** The SDK sends other typed arrays as AMQP values. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
