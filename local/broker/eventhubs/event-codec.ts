import { fail, succeed, type Result } from '../../../shared/kernel/result.ts';
import type { EpochMs } from '../../../shared/kernel/time.ts';
import {
  annotationsSection,
  batchMessageFormat,
  dataOf,
  joinMessage,
  mapSectionOf,
  replaceSections,
  splitMessage,
  unwrap,
  wrapLong,
  wrapString,
  wrapTimestamp,
  type RawMessage,
  type TypedMap,
} from '../amqp/index.ts';
import type { EventPosition, NewEvent, PartitionSummary } from './partition-log.ts';

/** An event as its readers get it. */
export interface HubEvent {
  /** The producer's bytes with the annotations of the hub. */
  readonly payload: Buffer;
  /** How long the header section is, behind which delivery annotations go. */
  readonly headerBytes: number;
}

/** The events of one send. All of them go to the same partition. */
export interface EventBatch {
  readonly partitionKey: string | undefined;
  readonly events: readonly NewEvent<HubEvent>[];
}

const partitionKeyName = 'x-opt-partition-key';

/** Reads what a producer sent. `format`: a batch has one encoded event per data section. */
export function decodeBatch(format: number, payload: Buffer): Result<EventBatch, string> {
  if (format !== batchMessageFormat && format !== 0) {
    return fail(`The message format ${format} is not supported.`);
  }
  const envelope = splitMessage(payload);
  if (!envelope.ok) return envelope;
  const partitionKey = partitionKeyOf(envelope.value);
  if (format === 0) {
    return succeed({ partitionKey, events: [toNewEvent(envelope.value, partitionKey)] });
  }
  const events: NewEvent<HubEvent>[] = [];
  for (const bytes of dataOf(envelope.value)) {
    const message = splitMessage(bytes);
    if (!message.ok) return message;
    events.push(toNewEvent(message.value, partitionKey));
  }
  return events.length === 0
    ? fail('The batch holds no event.')
    : succeed({ partitionKey, events });
}

/** What goes to a reader that wants to know with each event how far the partition has got. */
export function encodeWithMetrics(
  event: HubEvent,
  partition: PartitionSummary,
  now: EpochMs,
): Buffer {
  const { payload, headerBytes } = event;
  const metrics = metricsSection(partition, now);
  return Buffer.concat([
    payload.subarray(0, headerBytes),
    metrics.bytes,
    payload.subarray(headerBytes),
  ]);
}

function toNewEvent(message: RawMessage, partitionKey: string | undefined): NewEvent<HubEvent> {
  return {
    sizeBytes: sizeOf(message),
    place: (position) => {
      const annotations = annotate(message, position, partitionKey);
      const placed = replaceSections(
        message,
        new Map([
          ['message-annotations', [annotationsSection('message-annotations', annotations)]],
          // Those of the producer were meant for the hub alone.
          ['delivery-annotations', []],
        ]),
      );
      const header = placed.filter((section) => section.kind === 'header');
      return { payload: joinMessage(placed), headerBytes: sizeOf(header) };
    },
  };
}

/** The annotations that the producer made, with those of the hub over them. */
function annotate(
  message: RawMessage,
  position: EventPosition,
  partitionKey: string | undefined,
): TypedMap {
  const annotations = new Map(mapSectionOf(message, 'message-annotations'));
  annotations.set('x-opt-sequence-number', wrapLong(position.sequenceNumber));
  annotations.set('x-opt-offset', wrapString(String(position.offset)));
  annotations.set('x-opt-enqueued-time', wrapTimestamp(position.enqueuedAt));
  if (partitionKey === undefined) annotations.delete(partitionKeyName);
  else annotations.set(partitionKeyName, wrapString(partitionKey));
  return annotations;
}

function sizeOf(message: RawMessage): number {
  return message.reduce((sum, section) => sum + section.bytes.length, 0);
}

function metricsSection(
  partition: PartitionSummary,
  now: EpochMs,
): ReturnType<typeof annotationsSection> {
  return annotationsSection(
    'delivery-annotations',
    new Map([
      ['last_enqueued_sequence_number', wrapLong(partition.lastSequenceNumber)],
      ['last_enqueued_offset', wrapString(String(partition.lastOffset))],
      ['last_enqueued_time_utc', wrapTimestamp(partition.lastEnqueuedAt)],
      ['runtime_info_retrieval_time_utc', wrapTimestamp(now)],
    ]),
  );
}

function partitionKeyOf(message: RawMessage): string | undefined {
  const typed = mapSectionOf(message, 'message-annotations').get(partitionKeyName);
  const key = typed === undefined ? undefined : unwrap(typed);
  return typeof key === 'string' ? key : undefined;
}
