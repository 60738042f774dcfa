import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';

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
