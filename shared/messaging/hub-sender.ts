import type { EventHubProducerClient } from '@azure/event-hubs';
import { brokerUnavailable } from './hub-reader.ts';

/** An event on its way to a hub. */
export interface OutgoingEvent {
  readonly contentType: string | undefined;
  readonly properties: ReadonlyMap<string, unknown>;
  readonly body: Uint8Array;
}

/** Events of one partition that travel together. */
export interface EventBatch {
  /** Whether the event still fitted in. An event that does not fit an empty batch never will. */
  tryAdd(event: OutgoingEvent): boolean;
  readonly size: number;
  /** Resolves when the hub has all of them. Errors: `broker.unavailable` (transient). */
  send(): Promise<void>;
}

/** Sends to the partitions of one hub. */
export interface HubSender {
  /** An empty batch for a partition. Errors: `broker.unavailable` (transient). */
  open(partitionId: string): Promise<EventBatch>;
}

export function createHubSender(producer: EventHubProducerClient): HubSender {
  return {
    open: async (partitionId) => {
      const batch = await orUnavailable(producer, producer.createBatch({ partitionId }));
      return {
        tryAdd: (event) => batch.tryAdd(toEventData(event)),
        get size() {
          return batch.count;
        },
        send: () => orUnavailable(producer, producer.sendBatch(batch)),
      };
    },
  };
}

function toEventData({ contentType, properties, body }: OutgoingEvent) {
  const entries = [...properties].map(([name, value]): [string, unknown] => [
    name,
    toPropertyValue(value),
  ]);
  return {
    body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    properties: Object.fromEntries(entries),
    ...(contentType === undefined ? {} : { contentType }),
  };
}

/** AMQP application properties hold simple values only. */
function toPropertyValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

async function orUnavailable<Answer>(
  producer: EventHubProducerClient,
  answer: Promise<Answer>,
): Promise<Answer> {
  try {
    return await answer;
  } catch (cause) {
    throw brokerUnavailable(producer.eventHubName, cause);
  }
}
