import { createHash } from 'node:crypto';
import { AppError } from '../kernel/app-error.ts';
import type { PayloadStore } from '../ports/payloads.ts';
import type { EventBatch, HubSender, OutgoingEvent } from './hub-sender.ts';

/** An event with the number that decides its partition. */
interface Consignment {
  readonly slot: number;
  readonly event: OutgoingEvent;
}

/** Carries events of any size to the partitions of an internal hub. */
export interface HubCarrier {
  /**
   * Opens the way to every partition, which otherwise the first event of each waits for.
   * Errors: `broker.unavailable` (transient).
   */
  connect(): Promise<void>;
  /**
   * Resolves when the hub has all of them. Those of one slot keep their order.
   * Errors: `broker.unavailable`, `storage.unavailable` (transient).
   */
  carry(consignments: readonly Consignment[]): Promise<void>;
}

export interface HubCarrierOptions {
  readonly sender: HubSender;
  readonly partitionIds: () => Promise<readonly string[]>;
  /** Takes bodies that are too large for the hub. */
  readonly payloads: PayloadStore;
  /** The same event with a reference in place of its body. */
  readonly refer: (event: OutgoingEvent, reference: string) => OutgoingEvent;
}

export function createHubCarrier(options: HubCarrierOptions): HubCarrier {
  return {
    connect: async () => {
      const partitionIds = await options.partitionIds();
      await Promise.all(partitionIds.map((partitionId) => options.sender.open(partitionId)));
    },
    carry: async (consignments) => {
      if (consignments.length === 0) return;
      const partitions = groupByPartition(consignments, await options.partitionIds());
      const sends = [...partitions].map(([partitionId, events]) =>
        sendInOrder(options, partitionId, events),
      );
      // All are awaited before the first failure is thrown: no send outlives the invocation.
      const outcomes = await Promise.allSettled(sends);
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}

async function sendInOrder(
  options: HubCarrierOptions,
  partitionId: string,
  events: readonly OutgoingEvent[],
): Promise<void> {
  const { sender } = options;
  let batch = await sender.open(partitionId);
  for (const event of events) {
    if (batch.tryAdd(event)) continue;
    if (batch.size > 0) {
      await batch.send();
      batch = await sender.open(partitionId);
    }
    if (!batch.tryAdd(event)) await addByReference(options, batch, event);
  }
  if (batch.size > 0) await batch.send();
}

/** The name is the content's hash: whoever carries the same body again stores the same blob. */
async function addByReference(
  { payloads, refer }: HubCarrierOptions,
  batch: EventBatch,
  event: OutgoingEvent,
): Promise<void> {
  const name = `relayed/${createHash('sha256').update(event.body).digest('hex')}`;
  const reference = await payloads.put(name, event.body);
  if (batch.tryAdd(refer(event, reference))) return;
  throw new AppError('bug', 'The properties of a message alone are too large for the hub.', {
    kind: 'permanent',
    details: { properties: event.properties.size },
  });
}

function groupByPartition(
  consignments: readonly Consignment[],
  partitionIds: readonly string[],
): ReadonlyMap<string, readonly OutgoingEvent[]> {
  const groups = new Map<string, OutgoingEvent[]>();
  for (const { slot, event } of consignments) {
    const partitionId = partitionIds[slot % partitionIds.length] ?? '0';
    const group = groups.get(partitionId) ?? [];
    group.push(event);
    groups.set(partitionId, group);
  }
  return groups;
}
