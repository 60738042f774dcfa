import { fail, succeed, type Result } from '../../../shared/kernel/result.ts';
import type { Clock } from '../../../shared/kernel/time.ts';
import { unwrap, type ErrorCondition, type OutgoingAttach, type Typed } from '../amqp/index.ts';
import { parseReadAddress } from './address.ts';
import type { Hub, Partition } from './hub.ts';
import { PartitionReader } from './partition-reader.ts';
import { parsePosition, positionFilterName } from './position-filter.ts';
import { admitReader, receiverDisconnected } from './reader-admission.ts';
import { entityNotFound, invalidArgument, partitionOutOfRange } from './refusals.ts';

/** Answers a client that wants to read a partition in a consumer group. */
export function attachReader(
  attach: OutgoingAttach,
  findHub: (name: string) => Hub | undefined,
  clock: Clock,
): void {
  const seat = findSeat(attach.address, findHub);
  const start = seat.ok ? findStart(attach, seat.value.partition, clock) : seat;
  const epoch = readEpoch(attach.properties.get('com.microsoft:epoch'));
  const admission = seat.ok ? admitReader(readersOf(seat.value), epoch) : seat;
  if (!seat.ok || !start.ok || !admission.ok) {
    refuse(attach, [seat, start, admission]);
    return;
  }
  const reader = new PartitionReader({
    log: seat.value.partition.log,
    clock,
    epoch,
    start: start.value,
    wantsMetrics: attach.desiredCapabilities.includes(
      'com.microsoft:enable-receiver-runtime-metric',
    ),
    isUnsettled: attach.settleMode === 'unsettled',
  });
  takeSeat(seat.value, reader, admission.value.stolen);
  reader.open(
    attach.accept({
      onCredit: () => {
        reader.pump();
      },
      onDetached: () => {
        leaveSeat(seat.value, reader);
      },
    }),
  );
}

/** One consumer group's place at one partition. */
interface Seat {
  readonly partition: Partition;
  readonly group: string;
}

function findSeat(
  text: string,
  findHub: (name: string) => Hub | undefined,
): Result<Seat, ErrorCondition> {
  const address = parseReadAddress(text);
  const hub = address === undefined ? undefined : findHub(address.hub);
  if (address === undefined || hub?.hasConsumerGroup(address.consumerGroup) !== true) {
    return fail(entityNotFound(text));
  }
  const partition = hub.findPartition(address.partitionId);
  if (partition === undefined) return fail(partitionOutOfRange(hub));
  return succeed({ partition, group: address.consumerGroup.toLowerCase() });
}

function findStart(
  attach: OutgoingAttach,
  { log }: Partition,
  clock: Clock,
): Result<number, ErrorCondition> {
  log.applyRetention(clock.now());
  const filter = attach.filter.get(positionFilterName);
  const selector = filter === undefined ? undefined : selectorOf(filter);
  if (selector === undefined) return succeed(log.findStart({ by: 'start' }) ?? 0);
  const position = parsePosition(selector);
  if (!position.ok) return fail(invalidArgument(position.problem));
  const start = log.findStart(position.value);
  if (start !== undefined) return succeed(start);
  const { lastSequenceNumber, lastOffset } = log.summarize();
  return fail(
    invalidArgument(
      `The supplied position (${selector}) is behind the end of the partition: its last sequence ` +
        `number is ${lastSequenceNumber} at offset ${lastOffset}.`,
    ),
  );
}

/** The filter is a string with a descriptor. */
function selectorOf(filter: Typed): string {
  return typeof filter.value === 'string' ? filter.value : '';
}

function readEpoch(property: Typed | undefined): number | undefined {
  const value = property === undefined ? undefined : unwrap(property);
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
}

function refuse(attach: OutgoingAttach, results: readonly Result<unknown, ErrorCondition>[]): void {
  const failed = results.find((result) => !result.ok);
  if (failed?.ok === false) attach.refuse(failed.problem);
}

function readersOf({ partition, group }: Seat): readonly PartitionReader[] {
  return partition.readers.get(group) ?? [];
}

function takeSeat(seat: Seat, reader: PartitionReader, stolen: readonly PartitionReader[]): void {
  const staying = readersOf(seat).filter((present) => !stolen.includes(present));
  seat.partition.readers.set(seat.group, [...staying, reader]);
  for (const present of stolen) {
    present.close(
      receiverDisconnected(
        `A new receiver with epoch ${reader.epoch ?? 'nil'} is created, hence the current receiver ` +
          `with epoch ${present.epoch ?? 'nil'} is getting disconnected.`,
      ),
    );
  }
}

function leaveSeat(seat: Seat, reader: PartitionReader): void {
  const staying = readersOf(seat).filter((present) => present !== reader);
  seat.partition.readers.set(seat.group, staying);
}
