import { createHash } from 'node:crypto';
import { spellJson } from '../kernel/properties-text.ts';
import { replayProperties } from '../kernel/replay-properties.ts';
import type { OutgoingMessage } from '../ports/bus.ts';
import type { BusMessage } from './bus-message.ts';

/** What was tried with the messages that this one is a copy of. */
export interface FormerTries {
  /** Delayed rounds that were begun, the one that this message is of included. */
  readonly rounds: number;
  /** Attempts of the rounds before. */
  readonly attempts: number;
}

const roundsName = 'bronzeflow-retry-rounds';
const attemptsName = 'bronzeflow-retry-attempts';

/** A producer may send these properties as well: it can spare itself retries, and no more. */
const limits = { rounds: 100, attempts: 10_000 };

/** None for a message that is no copy. */
export function formerTries({ properties }: BusMessage): FormerTries {
  return {
    rounds: countOf(properties.get(roundsName), limits.rounds),
    attempts: countOf(properties.get(attemptsName), limits.attempts),
  };
}

/** The message as its producer sent it. */
export function withoutTries(message: BusMessage): BusMessage {
  const properties = new Map(message.properties);
  properties.delete(roundsName);
  properties.delete(attemptsName);
  properties.delete(replayProperties.origin);
  return { ...message, properties };
}

/** Where a copy goes. */
export interface CopyWay {
  readonly queue: string;
  /** Of a queue that many consumers share: it has sessions, and hands the copy to this one. */
  readonly consumer?: string;
}

/**
 * The way of the copies of an entity's messages: to the same queue, or to the shared one when it is
 * a subscription or a consumer group, beside which others would get the copy as well.
 */
export function copyWayOf(entity: string, sharedQueue: string): CopyWay {
  const isShared = /\/(subscriptions|consumergroups)\//i.test(entity);
  return isShared ? { queue: sharedQueue, consumer: entity } : { queue: entity };
}

/**
 * The copy of a message that its next delayed round tries. Its id follows from the message and the
 * round, so that a queue with duplicate detection takes it once, however often it is scheduled.
 */
export function retryCopy(
  message: BusMessage,
  { queue, consumer }: CopyWay,
  { rounds, attempts }: FormerTries,
): OutgoingMessage {
  const { sequenceNumber, enqueuedAt, contentType, body } = message;
  const position = JSON.stringify([consumer ?? queue, sequenceNumber, enqueuedAt, rounds]);
  const messageId = `retry-${createHash('sha256').update(position).digest('base64url')}`;
  const sessionId = message.sessionId ?? (consumer === undefined ? undefined : messageId);
  const properties = [...withoutTries(message).properties].flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, toProperty(value)] as const],
  );
  return {
    messageId,
    ...(sessionId !== undefined && { sessionId }),
    ...(contentType !== undefined && { contentType }),
    properties: Object.fromEntries([
      ...properties,
      [roundsName, rounds],
      [attemptsName, attempts],
      ...(consumer === undefined ? [] : [[replayProperties.origin, consumer] as const]),
    ]),
    body,
  };
}

/** A host parses texts that look like JSON: they are sent as texts again. */
function toProperty(value: unknown): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  return typeof value === 'number' ? value : spellJson(value);
}

function countOf(value: unknown, most: number): number {
  const count = typeof value === 'number' || typeof value === 'string' ? Number(value) : 0;
  return Number.isSafeInteger(count) && count >= 0 ? Math.min(count, most) : 0;
}
