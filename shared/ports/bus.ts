import type { EpochMs } from '../kernel/time.ts';

/** A message for a Service Bus queue or topic. */
export interface OutgoingMessage {
  readonly messageId: string;
  readonly sessionId?: string;
  /** Not beside a session, which decides the partition then. */
  readonly partitionKey?: string;
  readonly contentType?: string;
  /** What subscriptions filter by. */
  readonly subject?: string;
  readonly correlationId?: string;
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

/** A CloudEvent in structured JSON, ready to be sent. */
export interface OutgoingEvent {
  readonly id: string;
  readonly type: string;
  /** Events of one key keep their order. */
  readonly key: string;
  readonly body: Uint8Array;
}

/** Sends events to where upstream systems send theirs. */
export interface EventPublisher {
  /** Resolves when the broker has the event. Errors: as `BusSender`. */
  publish(event: OutgoingEvent): Promise<void>;
}
