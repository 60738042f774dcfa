import { EventHubProducerClient, type EventData } from '@azure/event-hubs';
import {
  ServiceBusClient,
  type ServiceBusMessage,
  type ServiceBusSender,
} from '@azure/service-bus';
import { countEvents } from './count-events.ts';
import type { FeedMessage } from './feed-message.ts';

/** Where a feed goes, and under which origin its events are counted. */
const destinations = {
  hub: { entity: 'events', origin: 'events' },
  servicebus: {
    entity: 'upstream-events',
    origin: 'upstream-events/Subscriptions/bronze-relay',
  },
} as const;

/** Lanes send side by side; messages of one key stay in one lane, and so in their order. */
const laneCount = 16;
/** Messages of one key that follow each other go out together, up to so many. */
const maxRun = 100;

export interface Publishing {
  readonly eventHubs: string;
  readonly serviceBus: string;
  /** Called with the number of messages that have been sent so far. */
  readonly onProgress: (sent: number) => void;
}

/**
 * Publishes a feed with the real SDK clients. Messages of one key keep their order; those without a
 * key may pass each other. Resolves when the brokers have accepted all.
 */
export async function publish(
  messages: readonly FeedMessage[],
  { eventHubs, serviceBus, onProgress }: Publishing,
): Promise<void> {
  const hub = new EventHubProducerClient(eventHubs, destinations.hub.entity);
  const bus = new ServiceBusClient(serviceBus);
  const topic = bus.createSender(destinations.servicebus.entity);
  let sent = 0;
  const send = async (lane: readonly FeedMessage[]): Promise<void> => {
    for (const run of runsOf(lane)) {
      await sendRun(run, { hub, topic });
      sent += run.length;
      onProgress(sent);
    }
  };
  try {
    await Promise.all(splitIntoLanes(messages).map(send));
  } finally {
    await hub.close();
    await bus.close();
  }
}

/** How many events a feed will be received as, by origin. */
export function countByOrigin(messages: readonly FeedMessage[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const message of messages) {
    const { origin } = destinations[message.to];
    counts.set(origin, (counts.get(origin) ?? 0) + countEvents(message));
  }
  return counts;
}

/** Messages without a key take turns. */
function splitIntoLanes(messages: readonly FeedMessage[]): readonly (readonly FeedMessage[])[] {
  const lanes = Array.from({ length: laneCount }, (): FeedMessage[] => []);
  for (const [index, message] of messages.entries()) {
    const key = keyOf(message);
    lanes[key === undefined ? index % laneCount : hash(key) % laneCount]?.push(message);
  }
  return lanes;
}

/** All of a topic without a key is one stream; a hub spreads what has none. */
function keyOf({ to, partitionKey, sessionId }: FeedMessage): string | undefined {
  const key = sessionId ?? partitionKey;
  if (to === 'servicebus') return `topic/${key ?? ''}`;
  return key === undefined ? undefined : `hub/${key}`;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}

/** Messages of the same key that follow each other; one without a key is a run of its own. */
function runsOf(lane: readonly FeedMessage[]): readonly (readonly FeedMessage[])[] {
  const runs: FeedMessage[][] = [];
  for (const message of lane) {
    const run = runs.at(-1);
    const [first] = run ?? [];
    const key = keyOf(message);
    const fits = first !== undefined && key !== undefined && keyOf(first) === key;
    if (run !== undefined && fits && run.length < maxRun) run.push(message);
    else runs.push([message]);
  }
  return runs;
}

interface Senders {
  readonly hub: EventHubProducerClient;
  readonly topic: ServiceBusSender;
}

async function sendRun(run: readonly FeedMessage[], { hub, topic }: Senders): Promise<void> {
  const [first] = run;
  if (first?.to === 'servicebus') await sendToTopic(run, topic);
  else await sendToHub(run, first?.partitionKey, hub);
}

async function sendToHub(
  run: readonly FeedMessage[],
  partitionKey: string | undefined,
  hub: EventHubProducerClient,
): Promise<void> {
  const options = partitionKey === undefined ? {} : { partitionKey };
  let batch = await hub.createBatch(options);
  for (const message of run) {
    if (batch.tryAdd(toEventData(message))) continue;
    if (batch.count > 0) await hub.sendBatch(batch);
    batch = await hub.createBatch(options);
    if (!batch.tryAdd(toEventData(message))) throw tooLarge(message);
  }
  await hub.sendBatch(batch);
}

async function sendToTopic(run: readonly FeedMessage[], topic: ServiceBusSender): Promise<void> {
  let batch = await topic.createMessageBatch();
  for (const message of run) {
    if (batch.tryAddMessage(toBusMessage(message))) continue;
    if (batch.count > 0) await topic.sendMessages(batch);
    batch = await topic.createMessageBatch();
    if (!batch.tryAddMessage(toBusMessage(message))) throw tooLarge(message);
  }
  await topic.sendMessages(batch);
}

function toEventData(message: FeedMessage): EventData {
  return {
    body: Buffer.from(message.body),
    properties: Object.fromEntries(message.properties),
    ...(message.contentType !== undefined && { contentType: message.contentType }),
  };
}

function toBusMessage(message: FeedMessage): ServiceBusMessage {
  const { contentType, partitionKey, sessionId } = message;
  return {
    body: Buffer.from(message.body),
    applicationProperties: Object.fromEntries(message.properties),
    ...(contentType !== undefined && { contentType }),
    ...(sessionId !== undefined && { sessionId }),
    // The service wants both to be the same.
    ...(sessionId === undefined && partitionKey !== undefined && { partitionKey }),
  };
}

function tooLarge({ body, to }: FeedMessage): RangeError {
  return new RangeError(`A message of ${body.length} bytes is larger than the ${to} takes.`);
}
