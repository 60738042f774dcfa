import type { ErrorCondition } from '../../amqp/index.ts';

/**
 * The refusals of Service Bus. Clients go by the condition, and for an entity that does not exist
 * by the wording.
 */
export function entityNotFound(address: string): ErrorCondition {
  return {
    condition: 'amqp:not-found',
    description: `The messaging entity '${address}' could not be found.`,
  };
}

export function notAllowed(description: string): ErrorCondition {
  return { condition: 'amqp:not-allowed', description };
}

export const messageLockLost: ErrorCondition = {
  condition: 'com.microsoft:message-lock-lost',
  description:
    'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.',
};

export const sessionLockLost: ErrorCondition = {
  condition: 'com.microsoft:session-lock-lost',
  description: 'The session lock has expired on the MessageSession. Accept a new MessageSession.',
};

export const messageNotFound: ErrorCondition = {
  condition: 'com.microsoft:message-not-found',
  description: 'No message has the sequence number and the state that were asked for.',
};

export const sessionLocked: ErrorCondition = {
  condition: 'com.microsoft:session-cannot-be-locked',
  description: 'The requested session cannot be accepted. It may be locked by another receiver.',
};

export const noSessionInTime: ErrorCondition = {
  condition: 'com.microsoft:timeout',
  description: 'No session with messages became available within the given time.',
};

export const sessionIdMissing: ErrorCondition = notAllowed(
  'The SessionId was not set on a message, and it cannot be sent to the entity. ' +
    'Entities that have session support enabled can only receive messages that have the SessionId set to a valid value.',
);

export const noDeadLetterQueue: ErrorCondition = notAllowed(
  'A message of a dead-letter queue cannot be dead-lettered.',
);

export function malformedMessage(problem: string): ErrorCondition {
  return { condition: 'amqp:decode-error', description: problem };
}
