import type { EpochMs } from '../../../../shared/kernel/time.ts';
import { withProperties, type Properties, type Property, type StoredMessage } from './message.ts';
import { announceAvailable, type DeadLetterCause, type QueueParts } from './queue-parts.ts';

const expired: DeadLetterCause = {
  reason: 'TTLExpiredException',
  description: 'The message expired and was dead lettered.',
};

/** Takes a message that is not in a backlog out of the queue and hands it on as a dead letter. */
export function deadLetter(
  parts: QueueParts,
  message: StoredMessage,
  letter: { readonly cause: DeadLetterCause; readonly changes?: Properties; readonly now: EpochMs },
): void {
  parts.store.remove(message);
  parts.outlets.deadLetter?.(
    {
      ...message,
      message: withProperties(
        withProperties(message.message, letter.changes),
        causeProperties(letter.cause),
      ),
      state: 'active',
      expiresAt: undefined,
      lockToken: undefined,
    },
    letter.now,
  );
}

/** Ends a message whose time to live has passed: a dead letter if the queue wants that, or gone. */
export function expire(parts: QueueParts, message: StoredMessage, now: EpochMs): void {
  if (parts.settings.deadLetteringOnMessageExpiration) {
    deadLetter(parts, message, { cause: expired, now });
  } else {
    parts.store.remove(message);
  }
}

/**
 * Puts a message back whose lock has ended: ready again, still deferred, expired or dead-lettered.
 * A failed delivery counts; a session that was closed in order does not make one.
 */
export function putBack(
  parts: QueueParts,
  message: StoredMessage,
  end: { readonly failed: boolean; readonly now: EpochMs },
): void {
  if (end.failed) message.deliveryCount++;
  if (message.deliveryCount >= (parts.settings.maxDeliveryCount ?? Infinity)) {
    deadLetter(parts, message, { cause: exhausted(message.deliveryCount), now: end.now });
  } else if (message.state === 'active') {
    if (hasExpired(message, end.now)) expire(parts, message, end.now);
    else makeReady(parts, message);
  }
}

export function makeReady(parts: QueueParts, message: StoredMessage): void {
  parts.store.makeReady(message);
  announceAvailable(parts);
}

export function hasExpired(message: StoredMessage, now: EpochMs): boolean {
  return message.expiresAt !== undefined && message.expiresAt <= now;
}

function exhausted(deliveries: number): DeadLetterCause {
  return {
    reason: 'MaxDeliveryCountExceeded',
    description: `Message could not be consumed after ${deliveries} delivery attempts.`,
  };
}

function causeProperties(cause: DeadLetterCause): Properties {
  const properties = new Map<string, Property>();
  if (cause.reason !== undefined) properties.set('DeadLetterReason', { value: cause.reason });
  if (cause.description !== undefined) {
    properties.set('DeadLetterErrorDescription', { value: cause.description });
  }
  return properties;
}
