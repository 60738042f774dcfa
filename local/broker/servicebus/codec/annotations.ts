import { unwrap, type PlainValue, type TypedMap } from '../../amqp/index.ts';

/** The annotations that Service Bus knows. Source: its AMQP protocol guide, "Message annotations". */
export const annotations = {
  deadLetterSource: 'x-opt-deadletter-source',
  enqueuedAt: 'x-opt-enqueued-time',
  enqueuedSequenceNumber: 'x-opt-enqueue-sequence-number',
  lockedUntil: 'x-opt-locked-until',
  messageState: 'x-opt-message-state',
  partitionKey: 'x-opt-partition-key',
  scheduledAt: 'x-opt-scheduled-enqueue-time',
  sequenceNumber: 'x-opt-sequence-number',
} as const;

/** Those that only the broker may set: what a producer writes there is dropped. */
export const brokerAnnotations: ReadonlySet<string> = new Set([
  annotations.deadLetterSource,
  annotations.enqueuedAt,
  annotations.enqueuedSequenceNumber,
  annotations.lockedUntil,
  annotations.messageState,
  annotations.sequenceNumber,
]);

/** An entry without its encoding; absent and null are the same. */
export function plainEntry(entries: TypedMap, name: string): PlainValue {
  const typed = entries.get(name);
  return typed === undefined ? null : unwrap(typed);
}
