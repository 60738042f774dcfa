import type { PartitionContext, ReceivedEventData } from '@azure/event-hubs';
import type { TypedData } from '../../core/contract.ts';
import { ofDateTime } from '../../invocation/clr-time.ts';
import { metadataOf, ofJson, ofLongs, ofText, ofTexts } from '../../invocation/typed-data.ts';

type Partition = Pick<
  PartitionContext,
  'fullyQualifiedNamespace' | 'eventHubName' | 'consumerGroup' | 'partitionId'
>;

/** AMQP properties under the names that the .NET client gives them among the system properties. */
const propertyNames = {
  messageId: 'message-id',
  userId: 'user-id',
  to: 'to',
  subject: 'subject',
  replyTo: 'reply-to',
  correlationId: 'correlation-id',
  contentType: 'content-type',
  contentEncoding: 'content-encoding',
  absoluteExpiryTime: 'absolute-expiry-time',
  creationTime: 'creation-time',
  groupId: 'group-id',
  groupSequence: 'group-sequence',
  replyToGroupId: 'reply-to-group-id',
} as const;

/** The trigger metadata of one event. Source: azure-sdk-for-net, EventHubTriggerBindingStrategy. */
export function eventMetadata(
  event: ReceivedEventData,
  partition: Partition,
): Record<string, TypedData> {
  const partitionKey = event.partitionKey ?? undefined;
  return metadataOf({
    ...partitionMetadata(partition),
    PartitionKey: partitionKey === undefined ? undefined : ofText(partitionKey),
    Offset: ofText(event.offset),
    SequenceNumber: ofJson(event.sequenceNumber),
    EnqueuedTimeUtc: ofJson(ofDateTime(event.enqueuedTimeUtc)),
    Properties: ofJson(applicationProperties(event)),
    SystemProperties: ofJson(systemProperties(event)),
  });
}

/** The trigger metadata of a batch: an array per name, in the order of the events. */
export function batchMetadata(
  events: readonly ReceivedEventData[],
  partition: Partition,
): Record<string, TypedData> {
  return metadataOf({
    ...partitionMetadata(partition),
    PartitionKeyArray: ofTexts(events.map(({ partitionKey }) => partitionKey ?? undefined)),
    OffsetArray: ofTexts(events.map(({ offset }) => offset)),
    SequenceNumberArray: ofLongs(events.map(({ sequenceNumber }) => sequenceNumber)),
    EnqueuedTimeUtcArray: ofJson(events.map(({ enqueuedTimeUtc }) => ofDateTime(enqueuedTimeUtc))),
    PropertiesArray: ofJson(events.map(applicationProperties)),
    SystemPropertiesArray: ofJson(events.map(systemProperties)),
  });
}

/** Versions of the extension differ in the name: both are there. */
function partitionMetadata(partition: Partition): Record<string, TypedData> {
  const context = ofJson({
    FullyQualifiedNamespace: partition.fullyQualifiedNamespace,
    EventHubName: partition.eventHubName,
    ConsumerGroup: partition.consumerGroup,
    PartitionId: partition.partitionId,
  });
  return { PartitionContext: context, TriggerPartitionContext: context };
}

/** From the raw message: the SDK turns instants into numbers on its own properties. */
function applicationProperties(event: ReceivedEventData): Readonly<Record<string, unknown>> {
  return event.getRawAmqpMessage().applicationProperties ?? {};
}

function systemProperties(event: ReceivedEventData): Record<string, unknown> {
  const message = event.getRawAmqpMessage();
  const properties = Object.entries(message.properties ?? {}).flatMap(
    ([name, value]: [string, unknown]): [string, unknown][] => {
      if (value === undefined || value === null || !isPropertyName(name)) return [];
      return [[propertyNames[name], value]];
    },
  );
  return Object.fromEntries([
    ...properties,
    ...Object.entries(message.messageAnnotations ?? {}),
    ['SequenceNumber', event.sequenceNumber],
    ['Offset', event.offset],
    ['PartitionKey', event.partitionKey ?? null],
    ['EnqueuedTimeUtc', ofDateTime(event.enqueuedTimeUtc)],
  ]);
}

function isPropertyName(name: string): name is keyof typeof propertyNames {
  return Object.hasOwn(propertyNames, name);
}
