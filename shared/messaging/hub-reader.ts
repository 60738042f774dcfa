import {
  MessagingError,
  type EventHubConsumerClient,
  type ReceivedEventData,
} from '@azure/event-hubs';
import { AppError } from '../kernel/app-error.ts';
import type { HubPartition } from '../kernel/author.ts';
import type { DurationMs } from '../kernel/time.ts';
import type { HubMessage, HubReader, PartitionBounds } from '../ports/hub.ts';
import type { HubDirectory, HubFacts } from './hub-directory.ts';
import { toHubMessage } from './received-event.ts';

export interface HubReaderOptions {
  /** A client of a consumer group that no trigger reads. */
  readonly clientOf: (hub: string) => EventHubConsumerClient;
  readonly directory: HubDirectory;
  /** How long one read may take before it counts as a broker that does not answer. */
  readonly timeout: DurationMs;
}

/** Reads hubs beside the triggers. */
export function createHubReader({ clientOf, directory, timeout }: HubReaderOptions): HubReader {
  const bounds = (partition: HubPartition): Promise<PartitionBounds> =>
    askBroker(partition.hub, () => askBounds(clientOf(partition.hub), partition.partitionId));
  return {
    bounds,
    isCurrent: async ({ hub, incarnation }) =>
      (await directory.refresh(hub)).incarnation === incarnation,
    read: async (partition, first, last) => {
      const { beginSequenceNumber, lastSequenceNumber } = await bounds(partition);
      const range = {
        first: Math.max(first, beginSequenceNumber),
        last: Math.min(last, lastSequenceNumber),
      };
      if (range.first > range.last) return [];
      const { hub, partitionId } = partition;
      return askBroker(hub, () => receive(clientOf(hub), { ...range, partitionId, timeout }));
    },
  };
}

/**
 * What a hub says of itself.
 * Errors: `broker.unavailable` (transient).
 */
export function askHubFacts(client: EventHubConsumerClient): Promise<HubFacts> {
  return askBroker(client.eventHubName, async () => {
    const { createdOn, partitionIds } = await client.getEventHubProperties();
    return { incarnation: createdOn.toISOString(), partitionIds };
  });
}

async function askBounds(
  client: EventHubConsumerClient,
  partitionId: string,
): Promise<PartitionBounds> {
  const properties = await client.getPartitionProperties(partitionId);
  const { beginningSequenceNumber, lastEnqueuedSequenceNumber, isEmpty } = properties;
  const lastSequenceNumber = isEmpty ? beginningSequenceNumber - 1 : lastEnqueuedSequenceNumber;
  return { beginSequenceNumber: beginningSequenceNumber, lastSequenceNumber };
}

interface Range {
  readonly partitionId: string;
  readonly first: number;
  readonly last: number;
  readonly timeout: DurationMs;
}

/** Receives until the last number of the range has come, or one above it. */
async function receive(client: EventHubConsumerClient, range: Range): Promise<HubMessage[]> {
  const received: ReceivedEventData[] = [];
  const arrival = Promise.withResolvers<undefined>();
  const subscription = client.subscribe(
    range.partitionId,
    {
      processEvents: (events) => {
        received.push(...events);
        if ((received.at(-1)?.sequenceNumber ?? -1) >= range.last) arrival.resolve(undefined);
        return Promise.resolve();
      },
      processError: (error) => {
        arrival.reject(error);
        return Promise.resolve();
      },
    },
    {
      startPosition: { sequenceNumber: range.first, isInclusive: true },
      maxBatchSize: 500,
      maxWaitTimeInSeconds: 1,
      skipParsingBodyAsJson: true,
    },
  );
  const timer = setTimeout(() => {
    arrival.reject(new Error(`nothing but ${received.length} messages in ${range.timeout} ms`));
  }, range.timeout);
  try {
    await arrival.promise;
  } finally {
    clearTimeout(timer);
    await subscription.close();
  }
  return received.filter((event) => event.sequenceNumber <= range.last).map(toHubMessage);
}

async function askBroker<Answer>(hub: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (cause) {
    throw brokerUnavailable(hub, cause);
  }
}

/** An answer that failed to come, as the error that makes the trigger try again. */
export function brokerUnavailable(hub: string, cause: unknown): AppError {
  const reason = cause instanceof MessagingError ? cause.code : undefined;
  return new AppError('broker.unavailable', `The hub ${hub} did not answer.`, {
    kind: 'transient',
    cause,
    details: { hub, reason },
  });
}
