import type { Author } from '../kernel/author.ts';
import type { DeltaTables } from '../ports/delta.ts';
import type { Plan } from '../ports/ledger.ts';

/**
 * The last sequence number up to which the plans (contiguous, ascending) have landed, told by the
 * tables alone; -1 when the first plan has not.
 */
export async function findLanded(
  tables: DeltaTables,
  author: Author,
  plans: readonly Plan[],
): Promise<number> {
  const names = new Set(plans.flatMap(({ lastByTable }) => [...lastByTable.keys()]));
  const watermarks = new Map(
    await Promise.all(
      [...names].map(async (name) => [name, await tables.watermark(name, author)] as const),
    ),
  );
  let landed = -1;
  for (const { last, lastByTable } of plans) {
    for (const [table, lastRow] of lastByTable) {
      if ((watermarks.get(table) ?? -1) < lastRow) return landed;
    }
    landed = last;
  }
  return landed;
}
