import { assertNever } from '../../../../shared/kernel/assert-never.ts';
import type { Result } from '../../../../shared/kernel/result.ts';
import {
  accepted,
  rejectedWith,
  unwrap,
  type ErrorCondition,
  type Outcome,
  type TypedMap,
} from '../../amqp/index.ts';
import { toProperties } from '../codec/property-values.ts';
import type { SettleProblem, Settlement } from '../state/settlement.ts';
import { messageLockLost, noDeadLetterQueue, sessionLockLost } from './conditions.ts';

const reasonKey = 'DeadLetterReason';
const descriptionKey = 'DeadLetterErrorDescription';

/**
 * What a receiver's outcome means: `rejected` dead-letters, `modified` defers if the message is
 * undeliverable here, everything else but `accepted` abandons.
 */
export function toSettlement(outcome: Outcome): Settlement {
  switch (outcome.type) {
    case 'accepted':
      return { action: 'complete' };
    case 'released':
      return { action: 'abandon' };
    case 'modified':
      return {
        action: outcome.undeliverableHere ? 'defer' : 'abandon',
        changes: toProperties(outcome.annotations),
      };
    case 'rejected':
      return deadLetter(outcome.error?.info ?? new Map());
    default:
      return assertNever(outcome);
  }
}

/** What clients are told when they cannot settle. */
export const settleConditions: Readonly<Record<SettleProblem, ErrorCondition>> = {
  lockLost: messageLockLost,
  sessionLockLost,
  notAllowed: noDeadLetterQueue,
};

/** The broker's answer. A dead letter is `accepted`: clients take `rejected` for a failure. */
export function toReply(outcome: Outcome, settled: Result<undefined, SettleProblem>): Outcome {
  if (settled.ok) return outcome.type === 'rejected' ? accepted : outcome;
  return rejectedWith(settleConditions[settled.problem]);
}

function deadLetter(info: TypedMap): Settlement {
  const changes = new Map(info);
  changes.delete(reasonKey);
  changes.delete(descriptionKey);
  return {
    action: 'deadLetter',
    cause: { reason: text(info, reasonKey), description: text(info, descriptionKey) },
    changes: toProperties(changes),
  };
}

function text(info: TypedMap, key: string): string | undefined {
  const entry = info.get(key);
  const value = entry === undefined ? undefined : unwrap(entry);
  return typeof value === 'string' ? value : undefined;
}
