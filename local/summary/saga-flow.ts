import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { EventHubConsumerClient } from '@azure/event-hubs';
import { ServiceBusClient } from '@azure/service-bus';
import { ContainerClient } from '@azure/storage-blob';
import type { PartitionEnd } from './broker-state.ts';
import { watchForMessages } from './message-watch.ts';

/** What is on its way to the sagas, and between them and their participants. */
export interface SagaFlow {
  /** Hub partitions that the sagas have not read to their ends. */
  readonly behind: readonly PartitionLag[];
  /** Entities with messages that nobody has completed. */
  readonly waiting: readonly WaitingEntity[];
  /** Entities whose dead-letter queue has messages; looked for when nothing else waits. */
  readonly stranded: readonly string[];
}

interface PartitionLag {
  readonly partitionId: string;
  /** Sequence numbers: the last that is checkpointed, or -1, and the last there is. */
  readonly read: number;
  readonly last: number;
}

interface WaitingEntity {
  readonly name: string;
  /** Whether its messages start sagas; else they are commands, replies or events of sagas. */
  readonly isStart: boolean;
  /** Sequence number of the oldest message. */
  readonly oldest: string;
}

export interface SagaFlowObserver {
  /** The ends of the hubs must have been read before. */
  read(ends: readonly PartitionEnd[]): Promise<SagaFlow>;
  close(): Promise<void>;
}

/** An entity of Service Bus that sagas read or are told through. */
export interface SagaEntity {
  readonly queue?: string;
  readonly topic?: string;
  readonly subscription?: string;
  readonly isStart: boolean;
}

const participants = ['orders', 'inventory', 'payment', 'warehouse', 'shipping'] as const;
const sagasHub = 'events';
/** The container in which the Functions host keeps its checkpoints. */
const checkpointContainer = 'azure-webjobs-eventhub';

export const sagaEntities: readonly SagaEntity[] = [
  { topic: 'upstream-events', subscription: 'order-sagas', isStart: true },
  { queue: 'orders', isStart: true },
  ...participants.map((name) => ({ queue: `${name}-commands`, isStart: false })),
  { queue: 'saga-replies', isStart: false },
  // A replay may start a saga as well as go on with one.
  { queue: 'dead-letter-replays', isStart: true },
  ...participants.map((subscription) => ({ topic: 'saga-events', subscription, isStart: false })),
];

export interface SagaFlowOptions {
  readonly eventHubs: string;
  readonly serviceBus: string;
  /** The storage of the Functions host. */
  readonly storage: string;
  /** The group in which sagas read the hub. */
  readonly consumerGroup: string;
}

/** The consumer group of the sagas, as the application's settings name it. */
export function sagaGroupOf(settings: Readonly<Record<string, string>>): string {
  const { consumer_group_naming: naming = 'cg-{team}-{purpose}', team = 'data' } = settings;
  return naming.replaceAll('{team}', team).replaceAll('{purpose}', 'sagas');
}

/** Observes what is on its way with the real SDK clients, without taking anything. */
export function observeSagaFlow(options: SagaFlowOptions): SagaFlowObserver {
  const bus = new ServiceBusClient(options.serviceBus);
  const entities = sagaEntities.map((entity) => watchEntity(bus, entity));
  const hub = new EventHubConsumerClient(options.consumerGroup, options.eventHubs, sagasHub);
  const readCheckpoints = openCheckpoints(options, hub.fullyQualifiedNamespace);
  return {
    async read(ends) {
      const behind = findBehind(ends, await readCheckpoints());
      const found = await Promise.all(entities.map((entity) => entity.findWaiting()));
      const waiting = found.flat();
      if (behind.length + waiting.length > 0) return { behind, waiting, stranded: [] };
      const stranded = await Promise.all(entities.map((entity) => entity.findStranded()));
      return { behind, waiting, stranded: stranded.flat() };
    },
    async close() {
      await hub.close();
      await bus.close();
    },
  };
}

interface EntityWatch {
  findWaiting(): Promise<readonly WaitingEntity[]>;
  findStranded(): Promise<readonly string[]>;
}

function watchEntity(bus: ServiceBusClient, entity: SagaEntity): EntityWatch {
  const { queue = '', topic, subscription = '', isStart } = entity;
  const name = topic === undefined ? `queue ${queue}` : `subscription ${topic}/${subscription}`;
  const open = (options: { readonly subQueueType?: 'deadLetter' }) =>
    topic === undefined
      ? bus.createReceiver(queue, options)
      : bus.createReceiver(topic, subscription, options);
  const findOldest = watchForMessages(open({}));
  const findDeadLetter = watchForMessages(open({ subQueueType: 'deadLetter' }));
  return {
    async findWaiting() {
      const oldest = await findOldest();
      return oldest === undefined ? [] : [{ name, isStart, oldest }];
    },
    async findStranded() {
      return (await findDeadLetter()) === undefined ? [] : [name];
    },
  };
}

function openCheckpoints(
  { storage, consumerGroup }: SagaFlowOptions,
  namespace: string,
): () => Promise<ReadonlyMap<string, number>> {
  const container = new ContainerClient(storage, checkpointContainer);
  const store = new BlobCheckpointStore(container);
  let isThere = false;
  return async () => {
    isThere ||= await container.exists();
    if (!isThere) return new Map();
    const found = await store.listCheckpoints(namespace, sagasHub, consumerGroup);
    return new Map(found.map(({ partitionId, sequenceNumber }) => [partitionId, sequenceNumber]));
  };
}

function findBehind(
  ends: readonly PartitionEnd[],
  checkpoints: ReadonlyMap<string, number>,
): readonly PartitionLag[] {
  return ends.flatMap(({ hub, partitionId, last }) => {
    const read = checkpoints.get(partitionId) ?? -1;
    return hub === sagasHub && read < last ? [{ partitionId, read, last }] : [];
  });
}
