import { createHash } from 'node:crypto';
import { AppError } from '../kernel/app-error.ts';
import type { PayloadStore } from '../ports/payloads.ts';
import type { BusMessage } from './bus-message.ts';
import type { EventBatch, HubSender, OutgoingEvent } from './hub-sender.ts';
import { referToPayload, wrapMessage } from './relay-envelope.ts';

/** Carries Service Bus messages to the hub that the Bronze consumer reads. */
export interface Relay {
  /**
   * Opens the way to every partition, which otherwise the first message of each waits for.
   * Errors: `broker.unavailable` (transient).
   */
  connect(): Promise<void>;
  /**
   * Resolves when the hub has every message, bytes and properties as the producer sent them.
   * Messages with the same session, partition key or subject keep their order. Relaying a message
   * twice is harmless: the second copy is a duplicate.
   * Errors: `broker.unavailable`, `storage.unavailable` (transient).
   */
  relay(messages: readonly BusMessage[]): Promise<void>;
}

export interface RelayOptions {
  /** The entity path that the messages come from. */
  readonly origin: string;
  readonly sender: HubSender;
  readonly partitionIds: () => Promise<readonly string[]>;
  /** Takes bodies that are too large for the hub. */
  readonly payloads: PayloadStore;
}

export function createRelay(options: RelayOptions): Relay {
  return {
    connect: async () => {
      const partitionIds = await options.partitionIds();
      await Promise.all(partitionIds.map((partitionId) => options.sender.open(partitionId)));
    },
    relay: async (messages) => {
      const partitions = groupByPartition(messages, await options.partitionIds());
      const sends = [...partitions].map(([partitionId, group]) =>
        sendInOrder(options, partitionId, group),
      );
      // All are awaited before the first failure is thrown: no send outlives the invocation.
      const outcomes = await Promise.allSettled(sends);
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}

async function sendInOrder(
  { origin, sender, payloads }: RelayOptions,
  partitionId: string,
  messages: readonly BusMessage[],
): Promise<void> {
  let batch = await sender.open(partitionId);
  for (const message of messages) {
    const event = wrapMessage(origin, message);
    if (batch.tryAdd(event)) continue;
    if (batch.size > 0) {
      await batch.send();
      batch = await sender.open(partitionId);
    }
    if (!batch.tryAdd(event)) await addByReference(batch, event, payloads);
  }
  if (batch.size > 0) await batch.send();
}

/** The name is the content's hash: a second relay of the message stores the same blob. */
async function addByReference(
  batch: EventBatch,
  event: OutgoingEvent,
  payloads: PayloadStore,
): Promise<void> {
  const name = `relayed/${createHash('sha256').update(event.body).digest('hex')}`;
  const reference = await payloads.put(name, event.body);
  if (batch.tryAdd(referToPayload(event, reference))) return;
  throw new AppError('bug', 'The properties of a message alone are too large for the hub.', {
    kind: 'permanent',
    details: { properties: event.properties.size },
  });
}

function groupByPartition(
  messages: readonly BusMessage[],
  partitionIds: readonly string[],
): ReadonlyMap<string, readonly BusMessage[]> {
  const groups = new Map<string, BusMessage[]>();
  for (const message of messages) {
    const slot = slotOf(message) % partitionIds.length;
    const partitionId = partitionIds[slot] ?? '0';
    const group = groups.get(partitionId) ?? [];
    group.push(message);
    groups.set(partitionId, group);
  }
  return groups;
}

/** The same key gives the same partition; messages without one are spread. */
function slotOf(message: BusMessage): number {
  const key = message.sessionId ?? message.partitionKey ?? subjectOf(message);
  if (key === undefined) return message.sequenceNumber;
  return createHash('sha256').update(key, 'utf8').digest().readUInt32BE();
}

/** The subject of a CloudEvent in binary mode; that of a structured one is in the body. */
function subjectOf({ properties }: BusMessage): string | undefined {
  const names = ['cloudEvents:subject', 'cloudEvents_subject', 'ce-subject'];
  const subject = names.map((name) => properties.get(name)).find((value) => value !== undefined);
  return typeof subject === 'string' ? subject : undefined;
}
