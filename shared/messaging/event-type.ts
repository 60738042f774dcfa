import type { BusMessage } from './bus-message.ts';

const unreadable = 'unreadable';
const names = ['cloudEvents:type', 'cloudEvents_type', 'ce-type'];
/** Types are names; a longer one is cut. */
const maxLength = 256;

/**
 * The type that a message says its event has, unchecked; `unreadable` when it says none. Total, and
 * the same for every copy of a message.
 */
export function eventTypeOf({ properties, body }: Pick<BusMessage, 'properties' | 'body'>): string {
  const named = names.map((name) => properties.get(name)).find(isText);
  const type = named ?? typeIn(body);
  return type.slice(0, maxLength).toWellFormed();
}

function typeIn(body: Uint8Array): string {
  try {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const event: unknown = JSON.parse(bytes.toString('utf8'));
    const hasType = typeof event === 'object' && event !== null && 'type' in event;
    return hasType && isText(event.type) ? event.type : unreadable;
  } catch {
    return unreadable;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
