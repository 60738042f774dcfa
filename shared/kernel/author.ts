import type { Brand } from './brand.ts';

/**
 * One reader of one hub partition: `namespace/hub/incarnation/consumerGroup/partition`.
 * It is the app id of the Delta `txn` that says what has landed.
 */
export type Author = Brand<string, 'Author'>;

/** A hub partition as one consumer group sees it. */
export interface HubPartition {
  /** Host name of the namespace, lower case. */
  readonly namespace: string;
  readonly hub: string;
  /** The hub's creation time (ISO 8601): a re-created hub numbers its events from 0 again. */
  readonly incarnation: string;
  /** The Bronze consumer group, also when messages are read again through another one. */
  readonly consumerGroup: string;
  readonly partitionId: string;
}

/**
 * The author of positions that no hub gave: a Service Bus entity (`bus`), a blob or a saga.
 * `incarnation` tells what has the same path but other numbers, such as an enqueued time.
 */
export function authorOutsideHubs(
  kind: 'bus' | 'blob' | 'saga',
  path: string,
  incarnation: string,
): Author {
  return `${kind}:${path}@${incarnation}` as Author;
}

export function authorOf(partition: HubPartition): Author {
  const { namespace, hub, incarnation, consumerGroup, partitionId } = partition;
  return [namespace, hub, incarnation, consumerGroup, partitionId].join('/') as Author;
}

/** The partition that an author reads, or undefined for a text that `authorOf` did not make. */
export function partitionOf(author: Author): HubPartition | undefined {
  // No namespace has a colon: what follows is a path with slashes of its own.
  if (/^(bus|blob|saga):/.test(author)) return undefined;
  const parts = author.split('/');
  const [namespace, hub, incarnation, consumerGroup, partitionId] = parts;
  if (namespace === undefined || hub === undefined || incarnation === undefined) return undefined;
  if (consumerGroup === undefined || partitionId === undefined || parts.length > 5)
    return undefined;
  return { namespace, hub, incarnation, consumerGroup, partitionId };
}
