import { epochMs } from '../../shared/kernel/time.ts';
import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import type { OutgoingEvent } from '../../shared/messaging/hub-sender.ts';
import type { HubMessage } from '../../shared/ports/hub.ts';

/** A Service Bus message; what a test does not care about has a plain value. */
export function busMessage(fields: Partial<BusMessage> = {}): BusMessage {
  return {
    sequenceNumber: 1,
    enqueuedAt: epochMs(Date.UTC(2026, 10, 21)),
    contentType: 'application/cloudevents+json',
    sessionId: undefined,
    partitionKey: undefined,
    properties: new Map(),
    body: Buffer.from('{}'),
    ...fields,
  };
}

/** A hub message; what a test does not care about has a plain value. */
export function hubMessage(fields: Partial<HubMessage> = {}): HubMessage {
  return {
    sequenceNumber: 0,
    offset: '0',
    enqueuedAt: epochMs(Date.UTC(2026, 10, 21)),
    contentType: undefined,
    properties: new Map(),
    body: new Uint8Array(),
    ...fields,
  };
}

/** The message as which an event arrives when a hub has taken it. */
export function arrivalOf({ contentType, properties, body }: OutgoingEvent): HubMessage {
  return hubMessage({ contentType, properties, body });
}
