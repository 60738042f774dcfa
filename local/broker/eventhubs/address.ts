/** Where a client sends to. */
export interface PublishAddress {
  readonly hub: string;
  /** Absent: the hub chooses. */
  readonly partitionId: string | undefined;
}

/** What a client reads from. */
export interface ReadAddress {
  readonly hub: string;
  readonly consumerGroup: string;
  readonly partitionId: string;
}

const publishPattern = /^([^/]+)(?:\/partitions\/([^/]+))?$/i;
const readPattern = /^([^/]+)\/consumergroups\/([^/]+)\/partitions\/([^/]+)$/i;

/** Reads `hub` or `hub/Partitions/0`; undefined if it is neither. */
export function parsePublishAddress(address: string): PublishAddress | undefined {
  const [, hub, partitionId] = publishPattern.exec(address) ?? [];
  return hub === undefined ? undefined : { hub, partitionId };
}

/** Reads `hub/ConsumerGroups/group/Partitions/0`; undefined if it is none. */
export function parseReadAddress(address: string): ReadAddress | undefined {
  const [, hub, consumerGroup, partitionId] = readPattern.exec(address) ?? [];
  if (hub === undefined || consumerGroup === undefined || partitionId === undefined) {
    return undefined;
  }
  return { hub, consumerGroup, partitionId };
}
