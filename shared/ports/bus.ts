import type { EpochMs } from '../kernel/time.ts';

/** A message for a Service Bus queue or topic. */
export interface OutgoingMessage {
  readonly messageId: string;
  readonly sessionId: string;
  readonly contentType: string;
  /** What subscriptions filter by. */
  readonly subject: string;
  readonly correlationId: string;
  readonly properties: Readonly<Record<string, string | number | boolean>>;
  readonly body: Uint8Array;
}

/** Sends to queues and topics. */
export interface BusSender {
  /**
   * Resolves when the broker has the message.
   * Errors: `broker.unavailable` (transient); `message.refused` (permanent) for one that is too large.
   */
  send(entity: string, message: OutgoingMessage, deliverAt?: EpochMs): Promise<void>;
}
