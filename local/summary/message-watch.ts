import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';

const peekCount = 250;

/**
 * Finds the sequence number of the oldest message, locked and scheduled ones included. Peeking by
 * itself goes on where it stopped, so it is told to begin again at the oldest that it has seen.
 */
export function watchForMessages(receiver: ServiceBusReceiver): () => Promise<string | undefined> {
  let oldest: ServiceBusReceivedMessage['sequenceNumber'];
  return async () => {
    const from = oldest === undefined ? {} : { fromSequenceNumber: oldest };
    const [message] = await receiver.peekMessages(1, from);
    oldest = message?.sequenceNumber ?? oldest;
    return message?.sequenceNumber?.toString();
  };
}

/** Peeks at each message once: those that have come since the last call. */
export async function peekNewMessages(
  receiver: ServiceBusReceiver,
): Promise<readonly ServiceBusReceivedMessage[]> {
  const found: ServiceBusReceivedMessage[] = [];
  for (;;) {
    const messages = await receiver.peekMessages(peekCount);
    found.push(...messages);
    if (messages.length === 0) return found;
  }
}
