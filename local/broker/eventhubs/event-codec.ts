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
import type { LoggedEvent, NewEvent, PartitionSummary } from './partition-log.ts';

/** An event as it came: its bytes are kept, only annotations are added. */
export interface HubEvent extends NewEvent {
  readonly message: RawMessage;
}

/** The events of one send. All of them go to the same partition. */
export interface EventBatch {
  readonly partitionKey: string | undefined;
  readonly events: readonly HubEvent[];
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
    const event = { message: envelope.value, partitionKey, sizeBytes: payload.length };
    return succeed({ partitionKey, events: [event] });
  }
  const events: HubEvent[] = [];
  for (const bytes of dataOf(envelope.value)) {
    // Copied, because a slice would keep the whole batch in memory as long as its last event.
    const message = splitMessage(Buffer.from(bytes));
    if (!message.ok) return message;
    events.push({ message: message.value, partitionKey, sizeBytes: bytes.length });
  }
  return events.length === 0
    ? fail('The batch holds no event.')
    : succeed({ partitionKey, events });
}

/** Writes an event as its readers get it. `summary`: of the partition, if the reader wants metrics. */
export function encodeEvent(
  logged: LoggedEvent<HubEvent>,
  summary?: { readonly partition: PartitionSummary; readonly now: EpochMs },
): Buffer {
  const { message } = logged.event;
  const annotations = annotationsSection('message-annotations', annotate(logged));
  const metrics = summary === undefined ? [] : [metricsSection(summary.partition, summary.now)];
  return joinMessage(
    replaceSections(
      message,
      new Map([
        ['message-annotations', [annotations]],
        // Those of the producer were meant for the hub alone.
        ['delivery-annotations', metrics],
      ]),
    ),
  );
}

function annotate(logged: LoggedEvent<HubEvent>): TypedMap {
  const annotations = new Map(mapSectionOf(logged.event.message, 'message-annotations'));
  annotations.set('x-opt-sequence-number', wrapLong(logged.sequenceNumber));
  annotations.set('x-opt-offset', wrapString(logged.offset));
  annotations.set('x-opt-enqueued-time', wrapTimestamp(logged.enqueuedAt));
  const { partitionKey } = logged.event;
  if (partitionKey === undefined) annotations.delete(partitionKeyName);
  else annotations.set(partitionKeyName, wrapString(partitionKey));
  return annotations;
}

function metricsSection(
  partition: PartitionSummary,
  now: EpochMs,
): ReturnType<typeof annotationsSection> {
  return annotationsSection(
    'delivery-annotations',
    new Map([
      ['last_enqueued_sequence_number', wrapLong(partition.lastSequenceNumber)],
      ['last_enqueued_offset', wrapString(partition.lastOffset)],
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
