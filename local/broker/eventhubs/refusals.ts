import type { ErrorCondition } from '../amqp/index.ts';
import type { Hub } from './hub.ts';

/** The SDK recognises an unknown entity by this wording. */
export function entityNotFound(address: string): ErrorCondition {
  return {
    condition: 'amqp:not-found',
    description: `The messaging entity '${address}' could not be found.`,
  };
}

export function partitionOutOfRange(hub: Hub): ErrorCondition {
  return {
    condition: 'com.microsoft:argument-out-of-range',
    description:
      'The specified partition is invalid for an EventHub partition sender or receiver. It should ' +
      `be between 0 and ${hub.partitions.length - 1}.`,
  };
}

export function invalidArgument(description: string): ErrorCondition {
  return { condition: 'com.microsoft:argument-error', description };
}
