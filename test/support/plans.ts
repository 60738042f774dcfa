import { authorOf, type Author } from '../../shared/kernel/author.ts';
import { epochMs } from '../../shared/kernel/time.ts';
import type { Plan, PlannedItem, Verdict, VerdictCounts } from '../../shared/ports/ledger.ts';

/** An author of a hub partition, for hand-made ledgers. */
export function someAuthor(partitionId = '0', hub = 'events'): Author {
  return authorOf({
    namespace: '127.0.0.1',
    hub,
    incarnation: '2026-05-01T00:00:00.000Z',
    consumerGroup: 'cg-data-bronze',
    partitionId,
  });
}

export const landedIn = (table: string): Verdict => ({ kind: 'landed', table });
export const duplicate: Verdict = { kind: 'duplicate' };
export const deadLettered = (code: string): Verdict => ({
  kind: 'dead-lettered',
  rejection: { category: 'schema', violations: [{ code, detail: 'for a test' }] },
});

/** A plan whose verdicts follow each other from `first`, one per message. */
export function planOf(
  first: number,
  verdicts: readonly Verdict[],
  change: Partial<Plan> = {},
): Plan {
  const origin = 'events';
  const items = verdicts.map((verdict, index): PlannedItem => {
    return { sequenceNumber: first + index, index: 0, origin, verdict };
  });
  const count = (kind: Verdict['kind']): number =>
    verdicts.filter((verdict) => verdict.kind === kind).length;
  const counts: VerdictCounts = {
    received: verdicts.length,
    landed: count('landed'),
    duplicate: count('duplicate'),
    deadLettered: count('dead-lettered'),
    parked: count('parked'),
  };
  return {
    first,
    last: first + verdicts.length - 1,
    plannedAt: epochMs(1_777_600_000_000),
    items,
    lost: [],
    countsByOrigin: new Map([[origin, counts]]),
    lastByTable: new Map(items.flatMap(rowOf)),
    ...change,
  };
}

function rowOf({ verdict, sequenceNumber }: PlannedItem): readonly [string, number][] {
  if (verdict.kind === 'landed') return [[verdict.table, sequenceNumber]];
  return verdict.kind === 'dead-lettered' ? [['brz_event_dead_letter', sequenceNumber]] : [];
}
