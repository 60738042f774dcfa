import { roleOf } from '../../shared/deadletter/alerts.ts';
import type { Tally } from '../../shared/ports/dead-letter-desk.ts';
import type { Alert, AlertRole, AlertRule } from '../../shared/ports/dead-letter-metrics.ts';
import type { ErrorCategory } from '../../shared/ports/dead-letters.ts';

/** What the operational table says of dead letters. */
export interface LetterCounts {
  readonly open: number;
  /** Replayed, discarded or purged. */
  readonly resolved: number;
  /** Those that are open. */
  readonly byCategory: Readonly<Record<ErrorCategory, number>>;
  /** Those that are raised now. */
  readonly alerts: readonly RaisedAlert[];
}

export interface RaisedAlert {
  readonly rule: AlertRule;
  readonly role: AlertRole;
  /** What is counted together, as `origin orders`; `total` for all of them. */
  readonly scope: string;
  readonly value: number;
  readonly limit: number;
}

/** Adds up what was tallied. */
export function countLetters(tallies: readonly Tally[], alerts: readonly Alert[]): LetterCounts {
  const byCategory = { schema: 0, processing: 0, timeout: 0, poison: 0 };
  let resolved = 0;
  for (const { category, counts } of tallies) {
    byCategory[category] += counts.open;
    resolved += counts.replayed + counts.discarded + counts.purged;
  }
  const open = Object.values(byCategory).reduce((sum, count) => sum + count, 0);
  const raised = alerts.filter(({ status }) => status === 'raised');
  return { open, resolved, byCategory, alerts: raised.map(toRaised) };
}

function toRaised({ rule, scope: { kind, name }, value, limit }: Alert): RaisedAlert {
  return { rule, role: roleOf[rule], scope: `${kind} ${name}`.trim(), value, limit };
}
