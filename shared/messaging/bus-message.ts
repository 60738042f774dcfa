import type { EpochMs } from '../kernel/time.ts';

/** One message of a Service Bus queue or subscription, with the producer's bytes. */
export interface BusMessage {
  readonly sequenceNumber: number;
  readonly enqueuedAt: EpochMs;
  readonly contentType: string | undefined;
  readonly sessionId: string | undefined;
  readonly partitionKey: string | undefined;
  /** How often it was delivered, this time included; undefined when nobody says. */
  readonly deliveryCount?: number | undefined;
  /** Application properties. A Map, because a producer chooses the keys (`__proto__`). */
  readonly properties: ReadonlyMap<string, unknown>;
  readonly body: Uint8Array;
}
