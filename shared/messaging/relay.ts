import { createHash } from 'node:crypto';
import type { PayloadStore } from '../ports/payloads.ts';
import type { BusMessage } from './bus-message.ts';
import { createHubCarrier } from './hub-carrier.ts';
import type { HubSender } from './hub-sender.ts';
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

export function createRelay({ origin, ...options }: RelayOptions): Relay {
  const carrier = createHubCarrier({ ...options, refer: referToPayload });
  return {
    connect: () => carrier.connect(),
    relay: (messages) =>
      carrier.carry(
        messages.map((message) => ({ slot: slotOf(message), event: wrapMessage(origin, message) })),
      ),
  };
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
