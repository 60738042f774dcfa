import type { ReceivedEventData } from '@azure/event-hubs';
import { epochMs } from '../kernel/time.ts';
import type { HubMessage } from '../ports/hub.ts';

/**
 * A message received outside the trigger, exactly as the trigger would have delivered it: the
 * Functions host lower-cases the first letter of property names and sends their values as JSON.
 */
export function toHubMessage(event: ReceivedEventData): HubMessage {
  // The raw message still tells an AMQP timestamp from a number.
  const { applicationProperties = {} } = event.getRawAmqpMessage();
  return {
    sequenceNumber: event.sequenceNumber,
    offset: event.offset,
    enqueuedAt: epochMs(event.enqueuedTimeUtc.getTime()),
    contentType: event.contentType === '' ? undefined : event.contentType,
    properties: new Map(
      Object.entries(applicationProperties).map(([name, value]) => [
        lowerFirst(name),
        toJsonValue(value),
      ]),
    ),
    body: toBytes(event.body),
  };
}

/** An AMQP value or sequence has no bytes of its own; its JSON text stands for it. */
function toBytes(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body === undefined || body === null) return new Uint8Array();
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body), 'utf8');
}

function toJsonValue(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return typeof value === 'bigint' ? value.toString() : value;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
