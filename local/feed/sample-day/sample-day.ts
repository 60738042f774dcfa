import type { FeedMessage } from '../feed-message.ts';
import { createChance, type Chance } from './chance.ts';
import type { Day, DayEvent } from './day-event.ts';
import {
  encodeAvro,
  encodeBatch,
  encodeBinary,
  encodeStructured,
  toCloudEvent,
  type DayCloudEvent,
} from './encode-event.ts';
import { badMessages, contradicting, repeated } from './faults.ts';
import { machinesOf } from './machines.ts';
import { ordersOf } from './orders.ts';
import { productionOf } from './production.ts';
import { tradeOf } from './trade.ts';

/** The first sample day, a Monday. */
const firstDayMs = Date.UTC(2026, 2, 2);
const dayMs = 24 * 3_600_000;

/** Shares of events that a producer sends twice, and that share an identity with another event. */
const repeatedShare = 0.01;
const contradictedShare = 0.001;

/** Machines of the old line speak through a gateway that sends readings in batches. */
const batchingMachines = new Set(['MC-01', 'MC-02', 'MC-03', 'MC-04']);
const batchSize = 12;

/**
 * A day of a manufacturer, in the order in which it is sent: orders, production, machines, goods
 * and customers, over both transports and in every content mode; about one event in a hundred is
 * sent twice, and about one in a hundred is bad. The same number gives the same day, byte by byte.
 */
export function sampleDay(dayNumber: number): readonly FeedMessage[] {
  const chance = createChance(dayNumber);
  const day: Day = { chance, midnightMs: firstDayMs + (dayNumber - 1) * dayMs };
  const happenings = [ordersOf, productionOf, machinesOf, tradeOf].flatMap((part) => part(day));
  const events = happenings
    .toSorted((left, right) => left.atMs - right.atMs)
    .map((event) => ({ event, cloudEvent: toCloudEvent(day, event) }));
  const messages = encodeDay(events, chance);
  return scatter(messages, badMessages(chance, sampleOf(events, chance)), chance);
}

interface Sent {
  readonly event: DayEvent;
  readonly cloudEvent: DayCloudEvent;
}

function encodeDay(events: readonly Sent[], chance: Chance): readonly FeedMessage[] {
  const messages: FeedMessage[] = [];
  const waiting = new Map<string, DayCloudEvent[]>();
  for (const sent of events) {
    const { event, cloudEvent } = sent;
    if (isBatched(event)) collect(waiting, cloudEvent, messages);
    else messages.push(...encode(sent, chance));
  }
  const incomplete = [...waiting.values()].filter((batch) => batch.length > 0);
  return [...messages, ...incomplete.map(encodeBatch)];
}

function encode({ event, cloudEvent }: Sent, chance: Chance): readonly FeedMessage[] {
  const message = encodeInMode({ event, cloudEvent }, chance);
  const isJson = message.contentType !== 'application/avro';
  if (isJson && chance.happens(repeatedShare)) return [message, repeated(cloudEvent)];
  if (isJson && chance.happens(contradictedShare)) return [message, contradicting(cloudEvent)];
  return [message];
}

function encodeInMode({ event, cloudEvent }: Sent, chance: Chance): FeedMessage {
  if (event.name === 'iot.telemetry.created' && chance.happens(0.5)) return encodeAvro(cloudEvent);
  const isBridged = event.name.startsWith('crm.') || event.name.startsWith('quality.');
  return isBridged ? encodeBinary(cloudEvent, event.via) : encodeStructured(cloudEvent, event.via);
}

function isBatched({ name, subject }: DayEvent): boolean {
  return name === 'iot.telemetry.created' && batchingMachines.has(subject);
}

function collect(
  waiting: Map<string, DayCloudEvent[]>,
  event: DayCloudEvent,
  messages: FeedMessage[],
): void {
  const batch = waiting.get(event.subject) ?? [];
  batch.push(event);
  waiting.set(event.subject, batch.length < batchSize ? batch : []);
  if (batch.length === batchSize) messages.push(encodeBatch(batch));
}

/** Draws events of the day that were sent as JSON. */
function sampleOf(events: readonly Sent[], chance: Chance): () => DayCloudEvent {
  const candidates = events.filter(({ event }) => event.name !== 'iot.telemetry.created');
  return () => {
    const drawn = candidates[chance.whole(0, candidates.length - 1)];
    if (drawn === undefined) throw new Error('a day without events');
    return drawn.cloudEvent;
  };
}

/** Puts some messages among others, at places that chance picks. */
function scatter(
  messages: readonly FeedMessage[],
  others: readonly FeedMessage[],
  chance: Chance,
): readonly FeedMessage[] {
  const placed = others.map((message) => ({ message, at: chance.whole(0, messages.length) }));
  const byPlace = Map.groupBy(placed, ({ at }) => at);
  return [...messages.entries()]
    .flatMap(([at, message]) => [...(byPlace.get(at) ?? []).map((one) => one.message), message])
    .concat((byPlace.get(messages.length) ?? []).map((one) => one.message));
}
