import {
  EventHubConsumerClient,
  EventHubProducerClient,
  type EventPosition,
  type ReceivedEventData,
  type SubscribeOptions,
} from '@azure/event-hubs';
import { onTestFinished } from 'vitest';
import type { ConnectionProblem } from '../../../../../local/broker/amqp/index.ts';
import type { EventHubsOptions } from '../../../../../local/broker/eventhubs/namespace.ts';
import { startBroker } from '../../../../../local/broker/server.ts';

/** A broker with one hub `events`, stopped when the test ends. */
export interface HubFixture {
  readonly connection: string;
  readonly problems: readonly ConnectionProblem[];
  producer(hub?: string): EventHubProducerClient;
  consumer(group?: string, hub?: string): EventHubConsumerClient;
}

export async function startHub(options: Partial<EventHubsOptions> = {}): Promise<HubFixture> {
  const problems: ConnectionProblem[] = [];
  const broker = await startBroker({
    eventHubs: {
      hubs: [{ name: 'events', partitionCount: 4, consumerGroups: ['cg-team-purpose'] }],
      ...options,
    },
    onProblem: (problem) => problems.push(problem),
  });
  onTestFinished(() => broker.stop());
  const closeLater = <Client extends { close(): Promise<void> }>(client: Client): Client => {
    onTestFinished(() => client.close());
    return client;
  };
  return {
    connection: broker.eventHubs,
    problems,
    producer: (hub = 'events') =>
      closeLater(new EventHubProducerClient(broker.eventHubs, hub, noRetries)),
    consumer: (group = '$Default', hub = 'events') =>
      closeLater(new EventHubConsumerClient(group, broker.eventHubs, hub, noRetries)),
  };
}

export interface ReadRequest {
  readonly partitionId: string;
  readonly position: EventPosition;
  readonly options?: SubscribeOptions;
  /** Resolves when this many events have come. */
  readonly count: number;
}

/** Reads until `count` events have come, then stops reading. */
export async function readEvents(
  consumer: EventHubConsumerClient,
  request: ReadRequest,
): Promise<ReceivedEventData[]> {
  const events: ReceivedEventData[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const subscription = consumer.subscribe(
    request.partitionId,
    {
      processEvents: (batch) => {
        events.push(...batch);
        if (events.length >= request.count) resolve(undefined);
        return Promise.resolve();
      },
      processError: (error) => {
        reject(error);
        return Promise.resolve();
      },
    },
    { startPosition: request.position, maxWaitTimeInSeconds: 0.1, ...request.options },
  );
  try {
    await promise;
  } finally {
    await subscription.close();
  }
  return events;
}

/** The error code of a call that must fail. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
  return 'no error';
}

const noRetries = { retryOptions: { maxRetries: 0, timeoutInMs: 10_000 } };
