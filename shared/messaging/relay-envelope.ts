import type { HubMessage } from '../ports/hub.ts';
import type { BusMessage } from './bus-message.ts';
import type { OutgoingEvent } from './hub-sender.ts';

/** Names that belong to the relay. A producer's property of such a name travels escaped. */
const prefix = 'x-bronzeflow-';
const originName = `${prefix}origin`;
const sequenceName = `${prefix}sequence-number`;
const enqueuedName = `${prefix}enqueued-at`;
const payloadName = `${prefix}payload`;
const replaysName = `${prefix}dead-letter`;
const escapeMark = `${prefix}escaped-`;

/** A relayed message as it was before the relay. */
export interface Unwrapped {
  /** Undefined of a replay. */
  readonly origin: string | undefined;
  /** The dead letters that a replay names. */
  readonly replays: readonly string[] | undefined;
  /** The blob that holds the body, when it was too large for the hub. */
  readonly payloadReference: string | undefined;
  readonly message: HubMessage;
}

/** The event that carries a message through the landing hub, with the producer's body. */
export function wrapMessage(origin: string, message: BusMessage): OutgoingEvent {
  const properties = escapeReserved(message.properties);
  properties.set(originName, origin);
  properties.set(sequenceName, `${message.sequenceNumber}`);
  properties.set(enqueuedName, new Date(message.enqueuedAt).toISOString());
  return { contentType: message.contentType, properties, body: message.body };
}

/**
 * The event that carries the replay of a dead letter through the landing hub. What the letter had
 * from its own way through that hub is taken off.
 */
export function wrapReplay(
  deadLetter: string,
  { contentType, properties, body }: OutgoingEvent,
): OutgoingEvent {
  const wrapped = escapeReserved(unescapeReserved(properties));
  wrapped.set(replaysName, replayedLetters(deadLetter, properties).join(' '));
  return { contentType, properties: wrapped, body };
}

/** A longer row of replays that all died has other problems. */
const maxLineage = 10;

/** The dead letter, after those whose replays had led to it. */
export function replayedLetters(
  deadLetter: string,
  properties: ReadonlyMap<string, unknown>,
): readonly string[] {
  const former = properties.get(replaysName);
  const lineage = typeof former === 'string' ? former.split(' ') : [];
  return [...lineage, deadLetter].slice(-maxLineage);
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

/** Undoes `wrapMessage` and `wrapReplay`; undefined when the message comes from neither. */
export function unwrapMessage(message: HubMessage): Unwrapped | undefined {
  const origin = textOf(message, originName);
  const replays = textOf(message, replaysName)?.split(' ');
  if (origin === undefined && replays === undefined) return undefined;
  return {
    origin,
    replays,
    payloadReference: textOf(message, payloadName),
    message: { ...message, properties: unescapeReserved(message.properties) },
  };
}

function textOf({ properties }: HubMessage, name: string): string | undefined {
  const value = properties.get(name);
  return typeof value === 'string' ? value : undefined;
}

function escapeReserved(properties: ReadonlyMap<string, unknown>): Map<string, unknown> {
  return new Map(
    [...properties].map(([name, value]) => [isReserved(name) ? escapeMark + name : name, value]),
  );
}

function unescapeReserved(properties: ReadonlyMap<string, unknown>): Map<string, unknown> {
  const producers = new Map<string, unknown>();
  for (const [name, value] of properties) {
    if (!isReserved(name)) producers.set(name, value);
    else if (name.startsWith(escapeMark)) producers.set(name.slice(escapeMark.length), value);
  }
  return producers;
}

function isReserved(name: string): boolean {
  return name.toLowerCase().startsWith(prefix);
}
