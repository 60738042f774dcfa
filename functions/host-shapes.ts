import type { BusMessage } from '../shared/messaging/bus-message.ts';
import type { HubMessage } from '../shared/ports/hub.ts';
import {
  memberOf,
  toBytes,
  toInstant,
  toListOf,
  toMap,
  toOptionalCount,
  toOptionalListOf,
  toText,
  toWholeNumber,
} from './host-values.ts';

/** What an Event Hubs trigger with cardinality `many` delivers: messages of one partition. */
export interface HubDelivery {
  readonly partitionId: string;
  readonly messages: readonly HubMessage[];
}

/**
 * Reads the input and metadata of an Event Hubs trigger: cardinality `many`, data type `binary`.
 * The host library lower-cases the first letter of every name, application properties included.
 * Errors: `bug` (permanent) when the host sent something else.
 */
export function toHubDelivery(input: unknown, metadata: unknown): HubDelivery {
  const bodies = toBodies(input);
  const list = (name: string): readonly unknown[] =>
    toListOf(memberOf(metadata, name), bodies.length, name);
  const sequenceNumbers = list('sequenceNumberArray');
  const offsets = list('offsetArray');
  const enqueuedTimes = list('enqueuedTimeUtcArray');
  const properties = list('propertiesArray');
  const systemProperties = list('systemPropertiesArray');
  const messages = bodies.map((body, at) => ({
    sequenceNumber: toWholeNumber(sequenceNumbers[at], 'sequenceNumberArray'),
    offset: toText(offsets[at]) ?? '',
    enqueuedAt: toInstant(enqueuedTimes[at], 'enqueuedTimeUtcArray'),
    contentType: toText(memberOf(systemProperties[at], 'content-type')),
    properties: toMap(properties[at]),
    body,
  }));
  return { partitionId: toPartitionId(metadata), messages };
}

/**
 * Reads the input and metadata of a Service Bus trigger: cardinality `many`, data type `binary`.
 * Errors: `bug` (permanent) when the host sent something else.
 */
export function toBusMessages(input: unknown, metadata: unknown): readonly BusMessage[] {
  const bodies = toBodies(input);
  const list = (name: string): readonly unknown[] =>
    toListOf(memberOf(metadata, name), bodies.length, name);
  const sequenceNumbers = list('sequenceNumberArray');
  const enqueuedTimes = list('enqueuedTimeUtcArray');
  const properties = list('applicationPropertiesArray');
  const detailsOf = readDetails(metadata, bodies.length);
  return bodies.map((body, at) => ({
    ...detailsOf(at),
    sequenceNumber: toWholeNumber(sequenceNumbers[at], 'sequenceNumberArray'),
    enqueuedAt: toInstant(enqueuedTimes[at], 'enqueuedTimeUtcArray'),
    properties: toMap(properties[at]),
    body,
  }));
}

/** What messages of a batch say of themselves, by their place; what is missing is left away. */
export function readDetails(metadata: unknown, count: number) {
  const list = (name: string): readonly unknown[] =>
    toOptionalListOf(memberOf(metadata, name), count);
  const contentTypes = list('contentTypeArray');
  const sessionIds = list('sessionIdArray');
  const partitionKeys = list('partitionKeyArray');
  const deliveryCounts = list('deliveryCountArray');
  const properties = list('applicationPropertiesArray');
  return (at: number) => ({
    contentType: toText(contentTypes[at]),
    sessionId: toText(sessionIds[at]),
    partitionKey: toText(partitionKeys[at]),
    deliveryCount: toOptionalCount(deliveryCounts[at]),
    properties: toMap(properties[at]),
  });
}

/**
 * Reads the input and metadata of a Service Bus trigger: cardinality `one`, data type `binary`.
 * Errors: `bug` (permanent) when the host sent something else.
 */
export function toBusMessage(input: unknown, metadata: unknown): BusMessage {
  return {
    sequenceNumber: toWholeNumber(memberOf(metadata, 'sequenceNumber'), 'sequenceNumber'),
    enqueuedAt: toInstant(memberOf(metadata, 'enqueuedTimeUtc'), 'enqueuedTimeUtc'),
    contentType: toText(memberOf(metadata, 'contentType')),
    sessionId: toText(memberOf(metadata, 'sessionId')),
    partitionKey: toText(memberOf(metadata, 'partitionKey')),
    deliveryCount: toOptionalCount(memberOf(metadata, 'deliveryCount')),
    properties: toMap(memberOf(metadata, 'applicationProperties')),
    body: toBytes(input),
  };
}

function toBodies(input: unknown): readonly Uint8Array[] {
  return Array.isArray(input) ? input.map(toBytes) : [toBytes(input)];
}

function toPartitionId(metadata: unknown): string {
  const context =
    memberOf(metadata, 'partitionContext') ?? memberOf(metadata, 'triggerPartitionContext');
  return `${toWholeNumber(memberOf(context, 'partitionId'), 'partitionContext.partitionId')}`;
}
