import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import type { TypedData } from '../../core/contract.ts';
import { ofDateTime, ofDateTimeOffset } from '../../invocation/clr-time.ts';
import { ofJson, ofLongs, ofText, ofTexts } from '../../invocation/typed-data.ts';

/** A message that never expires: the greatest DateTime of .NET. */
const neverExpires = '9999-12-31T23:59:59.9999999';

/** The properties that are texts, and how the message has them. */
const texts: Readonly<Record<string, (message: ServiceBusReceivedMessage) => string | undefined>> =
  {
    DeadLetterSource: ({ deadLetterSource }) => deadLetterSource,
    LockToken: ({ lockToken }) => lockToken,
    MessageId: ({ messageId }) => toText(messageId),
    ContentType: ({ contentType }) => contentType,
    ReplyTo: ({ replyTo }) => replyTo,
    To: ({ to }) => to,
    Subject: ({ subject }) => subject,
    Label: ({ subject }) => subject,
    CorrelationId: ({ correlationId }) => toText(correlationId),
    SessionId: ({ sessionId }) => sessionId,
    ReplyToSessionId: ({ replyToSessionId }) => replyToSessionId,
    PartitionKey: ({ partitionKey }) => partitionKey,
    // The extension of today writes the partition key here, too.
    TransactionPartitionKey: ({ partitionKey }) => partitionKey,
  };

/** The properties that travel as JSON. */
const values: Readonly<Record<string, (message: ServiceBusReceivedMessage) => unknown>> = {
  // The service counts failed deliveries, the .NET client counts this one as well.
  DeliveryCount: ({ deliveryCount }) => (deliveryCount ?? 0) + 1,
  ExpiresAtUtc: ({ expiresAtUtc }) => (expiresAtUtc ? ofDateTime(expiresAtUtc) : neverExpires),
  ExpiresAt: ({ expiresAtUtc }) =>
    expiresAtUtc ? ofDateTimeOffset(expiresAtUtc) : `${neverExpires}+00:00`,
  EnqueuedTimeUtc: ({ enqueuedTimeUtc }) => ofDateTime(enqueuedTimeUtc ?? new Date(0)),
  EnqueuedTime: ({ enqueuedTimeUtc }) => ofDateTimeOffset(enqueuedTimeUtc ?? new Date(0)),
  ApplicationProperties: ({ applicationProperties }) => applicationProperties ?? {},
  UserProperties: ({ applicationProperties }) => applicationProperties ?? {},
};

/** The trigger metadata of one message. Source: azure-sdk-for-net, ServiceBusTriggerBindingStrategy. */
export function messageMetadata(message: ServiceBusReceivedMessage): Record<string, TypedData> {
  const metadata: Record<string, TypedData> = { SequenceNumber: ofJson(sequenceNumber(message)) };
  for (const [name, read] of Object.entries(values)) metadata[name] = ofJson(read(message));
  for (const [name, read] of Object.entries(texts)) {
    const text = read(message);
    if (text !== undefined) metadata[name] = ofText(text);
  }
  return metadata;
}

/** The trigger metadata of a batch: an array per name, in the order of the messages. */
export function messagesMetadata(
  messages: readonly ServiceBusReceivedMessage[],
): Record<string, TypedData> {
  const metadata: Record<string, TypedData> = {
    SequenceNumberArray: ofLongs(messages.map(sequenceNumber)),
  };
  for (const [name, read] of Object.entries(values)) {
    metadata[`${name}Array`] = ofJson(messages.map(read));
  }
  for (const [name, read] of Object.entries(texts)) {
    metadata[`${name}Array`] = ofTexts(messages.map(read));
  }
  return metadata;
}

/** A 64-bit number of the SDK; it reads as its digits. */
function sequenceNumber(message: ServiceBusReceivedMessage): number {
  const long: unknown = message.sequenceNumber ?? 0;
  return Number(long);
}

/** AMQP allows numbers and bytes as ids; Service Bus makes texts of them. */
function toText(id: string | number | Buffer | undefined): string | undefined {
  return Buffer.isBuffer(id) ? id.toString('hex') : id?.toString();
}
