import { authorOutsideHubs } from '../../kernel/author.ts';
import { spellJson } from '../../kernel/properties-text.ts';
import { durationMs, type DurationMs, type EpochMs } from '../../kernel/time.ts';
import type { DeadMessage } from '../../ports/dead-letters.ts';
import type { Rejection } from '../../ports/events.ts';
import type { BusMessage } from '../bus-message.ts';
import { formerTries, withoutTries } from '../retry-copy.ts';
import { rejectionOfDeath } from './broker-death.ts';

/** How a message of an entity died. */
export interface BusDeath {
  /** The queue or `topic/Subscriptions/name` whose consumer failed. */
  readonly entity: string;
  readonly stage: 'handle' | 'deliver';
  readonly rejection: Rejection;
  readonly at: EpochMs;
  /** How often it was tried again; by default what its deliveries say. */
  readonly retryCount?: number;
}

/**
 * The dead letter of a Service Bus message. Its position is entity, sequence number and enqueued
 * time, which a message keeps in the dead-letter queue: whether a consumer rejects it or the broker
 * gives it up, it is the same dead letter.
 */
export function busDeadLetter(message: BusMessage, death: BusDeath): DeadMessage {
  const { entity, stage, rejection, at } = death;
  const { attempts } = formerTries(message);
  const { retryCount = attempts + Math.max(0, (message.deliveryCount ?? 1) - 1) } = death;
  const enqueuedAt = new Date(message.enqueuedAt).toISOString();
  return {
    author: authorOutsideHubs('bus', entity, enqueuedAt),
    sequenceNumber: message.sequenceNumber,
    origin: entity,
    stage,
    // A queue has no partitions that a consumer sees, and no offsets.
    partitionId: '0',
    offset: enqueuedAt,
    rejection,
    deadLetteredAt: at,
    deliveryCount: message.deliveryCount ?? null,
    retryCount,
    contentType: message.contentType ?? null,
    sessionId: message.sessionId ?? null,
    partitionKey: message.partitionKey ?? null,
    properties: withoutTries(message).properties,
    body: message.body,
  };
}

const reasonName = 'deadletterreason';
const descriptionName = 'deadlettererrordescription';

export interface BrokerDeathOptions {
  readonly entity: string;
  /** Lock duration of the entity. */
  readonly lock: DurationMs;
  readonly now: EpochMs;
}

/** The dead letter of a message that the broker has put into the entity's dead-letter queue. */
export function brokerDeadLetter(
  message: BusMessage,
  { entity, lock, now }: BrokerDeathOptions,
): DeadMessage {
  // The delivery out of the dead-letter queue counts as well.
  const deliveryCount =
    message.deliveryCount === undefined ? undefined : Math.max(0, message.deliveryCount - 1);
  const [causes, properties] = splitProperties(message.properties);
  const rejection = rejectionOfDeath({
    reason: causes.get(reasonName),
    description: causes.get(descriptionName),
    deliveryCount: deliveryCount ?? null,
    age: durationMs(Math.max(0, now - message.enqueuedAt)),
    lock,
  });
  const death = { entity, stage: 'deliver', rejection, at: now } as const;
  return busDeadLetter({ ...message, properties, deliveryCount }, death);
}

/** The cause travels as two application properties, whose case a host may change. */
function splitProperties(all: ReadonlyMap<string, unknown>) {
  const causes = new Map<string, string>();
  const properties = new Map<string, unknown>();
  for (const [name, value] of all) {
    const known = name.toLowerCase();
    if (known !== reasonName && known !== descriptionName) properties.set(name, value);
    else if (typeof value === 'string') causes.set(known, value);
    // The host library parses texts that look like JSON.
    else if (value !== null && value !== undefined) causes.set(known, spellJson(value));
  }
  return [causes, properties] as const;
}
