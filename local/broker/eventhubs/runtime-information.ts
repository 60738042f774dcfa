import type { EpochMs } from '../../../shared/kernel/time.ts';
import {
  typedNull,
  unwrap,
  wrapBoolean,
  wrapInt,
  wrapLong,
  wrapMap,
  wrapString,
  wrapStringArray,
  wrapSymbol,
  wrapTimestamp,
  type ErrorCondition,
  type Request,
  type Response,
  type Typed,
} from '../amqp/index.ts';
import type { Hub } from './hub.ts';
import { entityNotFound, partitionOutOfRange } from './refusals.ts';

export interface InformationSource {
  readonly findHub: (name: string) => Hub | undefined;
  /** When the hubs were created, which is when the broker started: the incarnation. */
  readonly createdAt: EpochMs;
  readonly now: () => EpochMs;
}

/** Answers `READ` requests on `$management`: what a hub or a partition is and how far it has got. */
export function answerRead(request: Request, source: InformationSource): Response {
  const { applicationProperties } = request;
  const text = (name: string): string => textOf(applicationProperties.get(name));
  if (text('operation').toUpperCase() !== 'READ') {
    return refuse(501, {
      condition: 'amqp:not-implemented',
      description: 'Only the operation READ is supported.',
    });
  }
  const hub = source.findHub(text('name'));
  if (hub === undefined) return refuse(404, entityNotFound(text('name')));
  switch (text('type').toLowerCase()) {
    case 'com.microsoft:eventhub':
      return answer(describeHub(hub, source));
    case 'com.microsoft:partition':
      return describePartition(hub, text('partition'), source);
    default:
      return refuse(400, { condition: 'amqp:not-allowed', description: 'The type is unknown.' });
  }
}

function describeHub(hub: Hub, source: InformationSource): Typed {
  return wrapMap([
    ['name', wrapString(hub.name)],
    ['type', wrapString('com.microsoft:eventhub')],
    ['created_at', wrapTimestamp(source.createdAt)],
    ['partition_count', wrapInt(hub.partitions.length)],
    ['partition_ids', wrapStringArray(hub.partitions.map((partition) => partition.id))],
    ['georeplication_factor', wrapInt(1)],
  ]);
}

function describePartition(hub: Hub, partitionId: string, source: InformationSource): Response {
  const partition = hub.findPartition(partitionId);
  if (partition === undefined) return refuse(400, partitionOutOfRange(hub));
  partition.log.applyRetention(source.now());
  const summary = partition.log.summarize();
  return answer(
    wrapMap([
      ['name', wrapString(hub.name)],
      ['type', wrapString('com.microsoft:partition')],
      ['partition', wrapString(partition.id)],
      ['begin_sequence_number', wrapLong(summary.beginSequenceNumber)],
      ['last_enqueued_sequence_number', wrapLong(summary.lastSequenceNumber)],
      ['last_enqueued_offset', wrapString(String(summary.lastOffset))],
      ['last_enqueued_time_utc', wrapTimestamp(summary.lastEnqueuedAt)],
      ['is_partition_empty', wrapBoolean(summary.isEmpty)],
    ]),
  );
}

function answer(body: Typed): Response {
  return {
    applicationProperties: new Map([
      ['status-code', wrapInt(200)],
      ['status-description', wrapString('OK')],
    ]),
    body,
  };
}

function refuse(statusCode: number, error: ErrorCondition): Response {
  return {
    applicationProperties: new Map([
      ['status-code', wrapInt(statusCode)],
      ['status-description', wrapString(error.description)],
      ['error-condition', wrapSymbol(error.condition)],
    ]),
    body: typedNull,
  };
}

function textOf(typed: Typed | undefined): string {
  const value = typed === undefined ? undefined : unwrap(typed);
  return typeof value === 'string' ? value : '';
}
