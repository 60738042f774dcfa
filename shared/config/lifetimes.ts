import type { ConfigProblem } from './problem.ts';
import type { Retention } from './settings.ts';

export interface Lifetimes {
  readonly claimDays: number;
  readonly hubRetentionDays: number;
  readonly messageLifetimeDays: number;
  readonly deadLetterDwellDays: number;
  readonly windowDays: number;
  readonly txnRetentionDays: Retention;
  readonly lockSeconds: number;
  readonly leaseSeconds: number;
}

/**
 * Checks that a claim outlives every way in which a copy of its event can come late, that `txn`
 * outlives the claim, and that a handler's lease fits its lock often enough to be retried.
 */
export function checkLifetimes(lifetimes: Lifetimes): readonly ConfigProblem[] {
  return [...checkClaims(lifetimes), ...checkTxn(lifetimes), ...checkLease(lifetimes)];
}

function checkClaims(lifetimes: Lifetimes): readonly ConfigProblem[] {
  const { claimDays, hubRetentionDays, messageLifetimeDays, deadLetterDwellDays } = lifetimes;
  const lateness = [
    { of: 'event_retention_days', days: hubRetentionDays },
    {
      of: 'service_bus_message_lifetime_days + dlq_retention_days',
      days: messageLifetimeDays + deadLetterDwellDays,
    },
    { of: 'idempotency_window_days', days: lifetimes.windowDays },
  ];
  return lateness
    .filter(({ days }) => days >= claimDays)
    .map(({ of, days }) => ({
      key: 'idempotency_claim_lifetime_days',
      value: `${claimDays}`,
      remedy: `use more than ${of} (${days}), or a copy may land twice`,
    }));
}

function checkTxn({ claimDays, txnRetentionDays }: Lifetimes): readonly ConfigProblem[] {
  if (txnRetentionDays === 'never' || txnRetentionDays >= claimDays) return [];
  return [
    {
      key: 'txn_retention_days',
      value: `${txnRetentionDays}`,
      remedy: `use never, or at least idempotency_claim_lifetime_days (${claimDays})`,
    },
  ];
}

function checkLease({ lockSeconds, leaseSeconds }: Lifetimes): readonly ConfigProblem[] {
  if (leaseSeconds * 3 <= lockSeconds) return [];
  return [
    {
      key: 'inbox_lease_seconds',
      value: `${leaseSeconds}`,
      remedy: `use at most a third of service_bus_lock_seconds (${lockSeconds})`,
    },
  ];
}
