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

export function authorOf(partition: HubPartition): Author {
  const { namespace, hub, incarnation, consumerGroup, partitionId } = partition;
  return [namespace, hub, incarnation, consumerGroup, partitionId].join('/') as Author;
}

/** The partition that an author reads, or undefined for a text that `authorOf` did not make. */
export function partitionOf(author: Author): HubPartition | undefined {
  const parts = author.split('/');
  const [namespace, hub, incarnation, consumerGroup, partitionId] = parts;
  if (namespace === undefined || hub === undefined || incarnation === undefined) return undefined;
  if (consumerGroup === undefined || partitionId === undefined || parts.length > 5)
    return undefined;
  return { namespace, hub, incarnation, consumerGroup, partitionId };
}
