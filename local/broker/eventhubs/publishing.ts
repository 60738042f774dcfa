import { fail, succeed, type Result } from '../../../shared/kernel/result.ts';
import {
  accepted,
  rejectedWith,
  type ErrorCondition,
  type IncomingAttach,
  type IncomingDelivery,
  type Outcome,
} from '../amqp/index.ts';
import { parsePublishAddress } from './address.ts';
import { decodeBatch } from './event-codec.ts';
import type { Hub, Partition } from './hub.ts';
import { entityNotFound, partitionOutOfRange } from './refusals.ts';

/** Answers a client that wants to send to a hub or to one of its partitions. */
export function attachPublisher(
  attach: IncomingAttach,
  findHub: (name: string) => Hub | undefined,
  maxMessageBytes: number,
): void {
  const destination = findDestination(attach.address, findHub);
  if (!destination.ok) {
    attach.refuse(destination.problem);
    return;
  }
  attach.accept(
    {
      onDelivery: (delivery) => {
        delivery.settle(publish(delivery, destination.value));
      },
    },
    { maxMessageBytes },
  );
}

interface Destination {
  readonly hub: Hub;
  /** Absent: each batch goes by its key, or to the next partition. */
  readonly partition: Partition | undefined;
}

function findDestination(
  text: string,
  findHub: (name: string) => Hub | undefined,
): Result<Destination, ErrorCondition> {
  const address = parsePublishAddress(text);
  const hub = address === undefined ? undefined : findHub(address.hub);
  if (address === undefined || hub === undefined) return fail(entityNotFound(text));
  if (address.partitionId === undefined) return succeed({ hub, partition: undefined });
  const partition = hub.findPartition(address.partitionId);
  return partition === undefined ? fail(partitionOutOfRange(hub)) : succeed({ hub, partition });
}

function publish(delivery: IncomingDelivery, { hub, partition }: Destination): Outcome {
  const batch = decodeBatch(delivery.format, delivery.payload);
  if (!batch.ok)
    return rejectedWith({ condition: 'amqp:decode-error', description: batch.problem });
  hub.append(partition ?? hub.routeBatch(batch.value.partitionKey), batch.value);
  return accepted;
}
