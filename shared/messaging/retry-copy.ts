import { createHash } from 'node:crypto';
import { spellJson } from '../kernel/properties-text.ts';
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
  return { ...message, properties };
}

/**
 * The copy of a message that its next delayed round tries. Its id follows from the message and the
 * round, so that a queue with duplicate detection takes it once, however often it is scheduled.
 */
export function retryCopy(
  message: BusMessage,
  entity: string,
  { rounds, attempts }: FormerTries,
): OutgoingMessage {
  const { sequenceNumber, enqueuedAt, sessionId, contentType, body } = message;
  const position = JSON.stringify([entity, sequenceNumber, enqueuedAt, rounds]);
  const properties = [...withoutTries(message).properties].flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, toProperty(value)] as const],
  );
  return {
    messageId: `retry-${createHash('sha256').update(position).digest('base64url')}`,
    ...(sessionId !== undefined && { sessionId }),
    ...(contentType !== undefined && { contentType }),
    properties: Object.fromEntries([...properties, [roundsName, rounds], [attemptsName, attempts]]),
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
