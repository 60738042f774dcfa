import type { HubMessage } from '../ports/hub.ts';
import type { BusMessage } from './bus-message.ts';
import type { OutgoingEvent } from './hub-sender.ts';

/** Names that belong to the relay. A producer's property of such a name travels escaped. */
const prefix = 'x-bronzeflow-';
const originName = `${prefix}origin`;
const sequenceName = `${prefix}sequence-number`;
const enqueuedName = `${prefix}enqueued-at`;
const payloadName = `${prefix}payload`;
const escapeMark = `${prefix}escaped-`;

/** A relayed message as it was before the relay. */
export interface Unwrapped {
  readonly origin: string;
  /** The blob that holds the body, when it was too large for the hub. */
  readonly payloadReference: string | undefined;
  readonly message: HubMessage;
}

/** The event that carries a message through the landing hub, with the producer's body. */
export function wrapMessage(origin: string, message: BusMessage): OutgoingEvent {
  const properties = new Map<string, unknown>();
  for (const [name, value] of message.properties) {
    properties.set(isReserved(name) ? escapeMark + name : name, value);
  }
  properties.set(originName, origin);
  properties.set(sequenceName, `${message.sequenceNumber}`);
  properties.set(enqueuedName, new Date(message.enqueuedAt).toISOString());
  return { contentType: message.contentType, properties, body: message.body };
}

/** The same event with a reference in place of its body. */
export function referToPayload(event: OutgoingEvent, reference: string): OutgoingEvent {
  return {
    ...event,
    properties: new Map([...event.properties, [payloadName, reference]]),
    // For a reader that cannot fetch the blob: the dead letter then names it.
    body: Buffer.from(JSON.stringify({ [payloadName]: reference }), 'utf8'),
  };
}

/** Undoes `wrapMessage`; undefined when the message does not come from the relay. */
export function unwrapMessage(message: HubMessage): Unwrapped | undefined {
  const origin = message.properties.get(originName);
  if (typeof origin !== 'string') return undefined;
  const reference = message.properties.get(payloadName);
  const properties = new Map<string, unknown>();
  for (const [name, value] of message.properties) {
    if (!isReserved(name)) properties.set(name, value);
    else if (name.startsWith(escapeMark)) properties.set(name.slice(escapeMark.length), value);
  }
  return {
    origin,
    payloadReference: typeof reference === 'string' ? reference : undefined,
    message: { ...message, properties },
  };
}

function isReserved(name: string): boolean {
  return name.toLowerCase().startsWith(prefix);
}
