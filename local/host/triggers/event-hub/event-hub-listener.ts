import {
  earliestEventPosition,
  EventHubConsumerClient,
  latestEventPosition,
  type CheckpointStore,
  type EventHubConsumerClientOptions,
  type EventPosition,
  type LoadBalancingOptions,
  type PartitionContext,
  type Subscription,
} from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import type { HostLog } from '../../host-log.ts';
import type { ConnectionTarget } from '../../settings/connection.ts';
import type { EventHubsOptions } from '../../settings/host-json.ts';
import { createCredential } from '../../storage/credential.ts';
import type { HostStorage } from '../../storage/host-storage.ts';
import type { PayloadOptions } from '../message-payload.ts';
import type { Listener, TriggeredFunction } from '../trigger-kind.ts';
import { OwnershipWatch } from './ownership-watch.ts';
import { PartitionWorker } from './partition-worker.ts';

const checkpointContainer = 'azure-webjobs-eventhub';

export interface EventHubListenerOptions {
  readonly target: TriggeredFunction;
  readonly payload: PayloadOptions;
  readonly connection: ConnectionTarget;
  readonly eventHubName: string;
  readonly consumerGroup: string;
  readonly hub: EventHubsOptions;
  readonly balancing: LoadBalancingOptions;
  readonly storage: HostStorage;
  /** Distinguishes this host from others that read the same hub. */
  readonly ownerId: string;
  readonly log: HostLog;
}

/** Feeds one function from all partitions of a hub that this host owns. */
export class EventHubListener implements Listener {
  readonly #options: EventHubListenerOptions;
  readonly #workers = new Map<string, PartitionWorker>();
  readonly #stopping = new AbortController();
  #client: EventHubConsumerClient | undefined;
  #subscription: Subscription | undefined;

  constructor(options: EventHubListenerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { storage, ownerId, hub } = this.#options;
    const container = await storage.container(checkpointContainer);
    const watch = new OwnershipWatch({
      store: new BlobCheckpointStore(container),
      ownerId,
      onLost: (partitionId) => this.#workers.get(partitionId)?.lose(),
    });
    this.#client = await this.#connect(watch);
    this.#subscription = this.#client.subscribe(
      {
        processInitialize: (context) => {
          this.#workers.set(context.partitionId, this.#createWorker(context));
          return Promise.resolve();
        },
        processEvents: async (events, { partitionId }) => {
          await this.#workers.get(partitionId)?.take(events);
        },
        processClose: (reason, { partitionId }) => this.#close(partitionId, reason),
        processError: (error, { partitionId }) => {
          this.#report(error, partitionId);
          return Promise.resolve();
        },
      },
      {
        maxBatchSize: hub.maxEventBatchSize,
        prefetchCount: hub.prefetchCount,
        startPosition: startPosition(hub),
        // Bytes stay bytes: the SDK would parse and thereby change them.
        skipParsingBodyAsJson: true,
      },
    );
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#subscription?.close();
    await Promise.all([...this.#workers.values()].map((worker) => worker.close()));
    await this.#client?.close();
  }

  async #connect(store: CheckpointStore): Promise<EventHubConsumerClient> {
    const { connection, consumerGroup, eventHubName, ownerId, balancing } = this.#options;
    const options: EventHubConsumerClientOptions = {
      identifier: ownerId,
      loadBalancingOptions: balancing,
    };
    if (connection.kind === 'connectionString') {
      const { connectionString } = connection;
      return hasEntityPath(connectionString)
        ? new EventHubConsumerClient(consumerGroup, connectionString, store, options)
        : new EventHubConsumerClient(consumerGroup, connectionString, eventHubName, store, options);
    }
    const credential = await createCredential(connection);
    const { endpoint } = connection;
    return new EventHubConsumerClient(
      ...([consumerGroup, endpoint, eventHubName, credential, store, options] as const),
    );
  }

  #createWorker(context: PartitionContext): PartitionWorker {
    const { target, payload, hub, log } = this.#options;
    const stopping = this.#stopping.signal;
    return new PartitionWorker({ target, payload, hub, context, stopping, log });
  }

  /** While stopping, the workers stay: the stop waits for what they are doing. */
  #close(partitionId: string, reason: string): Promise<void> {
    const worker = this.#workers.get(partitionId);
    this.#note('debug', `partition ${partitionId} closed (${reason})`);
    if (this.#stopping.signal.aborted) return Promise.resolve();
    worker?.lose();
    this.#workers.delete(partitionId);
    return Promise.resolve();
  }

  #report(error: Error, partitionId: string): void {
    const isTakeover = 'code' in error && error.code === 'ReceiverDisconnectedError';
    const place = partitionId === '' ? '' : `partition ${partitionId}: `;
    this.#note(isTakeover ? 'debug' : 'warning', `${place}${error.message}`);
  }

  #note(level: 'debug' | 'warning', message: string): void {
    const { log, target, eventHubName } = this.#options;
    log.write(level, `Function.${target.definition.name}`, `Event hub ${eventHubName}, ${message}`);
  }
}

/** As in the real host, the hub that a connection string names comes before the option. */
function hasEntityPath(connectionString: string): boolean {
  return /(?:^|;)\s*EntityPath\s*=/i.test(connectionString);
}

function startPosition(hub: EventHubsOptions): EventPosition {
  switch (hub.initialOffset) {
    case 'fromStart':
      return earliestEventPosition;
    case 'fromEnd':
      return latestEventPosition;
    case 'fromEnqueuedTime':
      return { enqueuedOn: new Date(hub.initialEnqueuedTime ?? 0) };
  }
}
