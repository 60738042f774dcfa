import { assertNever } from '../../../../shared/kernel/assert-never.ts';
import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import type { EpochMs } from '../../../../shared/kernel/time.ts';
import { deadLetter, putBack } from './dead-lettering.ts';
import { withProperties, type LockToken, type Properties, type StoredMessage } from './message.ts';
import type { DeadLetterCause, QueueParts } from './queue-parts.ts';

/** What a receiver decides about a message that it holds. */
export type Settlement =
  | { readonly action: 'complete' }
  | { readonly action: 'abandon' | 'defer'; readonly changes?: Properties }
  | {
      readonly action: 'deadLetter';
      readonly cause: DeadLetterCause;
      readonly changes?: Properties;
    };

/** `notAllowed`: a dead-letter queue has no dead-letter queue of its own. */
export type SettleProblem = 'lockLost' | 'sessionLockLost' | 'notAllowed';

/** Settles the message that a lock holds and ends the lock. */
export function settle(
  parts: QueueParts,
  request: { readonly token: LockToken; readonly settlement: Settlement },
  now: EpochMs,
): Result<undefined, SettleProblem> {
  const { token, settlement } = request;
  const lock = parts.locks.find(token);
  if (lock === undefined) {
    return fail(parts.settings.requiresSession ? 'sessionLockLost' : 'lockLost');
  }
  if (settlement.action === 'deadLetter' && parts.outlets.deadLetter === undefined) {
    return fail('notAllowed');
  }
  parts.locks.release(lock);
  apply(parts, { message: lock.message, settlement }, now);
  return succeed(undefined);
}

function apply(
  parts: QueueParts,
  decided: { readonly message: StoredMessage; readonly settlement: Settlement },
  now: EpochMs,
): void {
  const { message, settlement } = decided;
  switch (settlement.action) {
    case 'complete':
      parts.store.remove(message);
      return;
    case 'abandon':
      message.message = withProperties(message.message, settlement.changes);
      putBack(parts, message, { failed: true, now });
      return;
    case 'defer':
      message.message = withProperties(message.message, settlement.changes);
      message.state = 'deferred';
      return;
    case 'deadLetter':
      deadLetter(parts, message, { ...settlement, now });
      return;
    default:
      assertNever(settlement);
  }
}
