import type { FeedMessage } from '../feed-message.ts';
import type { Chance } from './chance.ts';
import { encodeBatch, encodeStructured, type DayCloudEvent } from './encode-event.ts';

/** What goes wrong at producers. Each makes one message that must become a dead letter. */
const faults = {
  'cut off': (event) => {
    const message = encodeStructured(event, 'hub');
    return { ...message, body: message.body.subarray(0, message.body.length - 20) };
  },
  'not UTF-8': (event) => {
    const message = encodeStructured(event, 'hub');
    return { ...message, body: Uint8Array.of(...message.body, 0xff) };
  },
  'empty batch': () => encodeBatch([]),
  'too large': (event) =>
    encodeStructured({ ...event, data: { ...event.data, note: 'x'.repeat(300 * 1024) } }, 'hub'),
  'id is no UUID': (event) => encodeStructured({ ...event, id: event.subject }, 'hub'),
  'time is missing': (event) => encodeStructured(without(event, 'time'), 'hub'),
  'type is unknown': (event) => encodeStructured({ ...event, type: `${event.type}_twice` }, 'hub'),
  'version is unknown': (event) => encodeStructured({ ...event, schemaversion: '9' }, 'hub'),
  'data lacks a field': (event) =>
    encodeStructured({ ...event, data: withoutFirst(event.data) }, 'servicebus'),
} as const satisfies Readonly<Record<string, (event: DayCloudEvent) => FeedMessage>>;

/** How often each fault happens in a day. */
const timesEach = 5;

/** One too large event is enough to show what becomes of it. */
const timesOnce: ReadonlySet<string> = new Set(['too large']);

/** The bad messages of a day, made of events that are fine but for one thing. */
export function badMessages(chance: Chance, sample: () => DayCloudEvent): readonly FeedMessage[] {
  return Object.entries(faults).flatMap(([name, spoil]) =>
    Array.from({ length: timesOnce.has(name) ? 1 : timesEach }, () =>
      spoil({ ...sample(), id: chance.uuid() }),
    ),
  );
}

/** The same event again, as a producer sends it that missed an answer. */
export function repeated(event: DayCloudEvent): FeedMessage {
  return encodeStructured(event, 'hub');
}

/** Another event under the same identity: a producer that counts its ids wrongly. */
export function contradicting(event: DayCloudEvent): FeedMessage {
  return encodeStructured({ ...event, data: { ...event.data, note: 'not the same' } }, 'hub');
}

function without(event: DayCloudEvent, name: string): DayCloudEvent {
  return { ...event, [name]: undefined };
}

/** The first field of every payload is required by its schema. */
function withoutFirst(data: object): object {
  return Object.fromEntries(Object.entries(data).slice(1));
}
