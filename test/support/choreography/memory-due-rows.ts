import type { EpochMs } from '../../../shared/kernel/time.ts';
import type { DueEntry, DueRow, DueRows, StoredDueRow } from '../../../shared/ports/due-rows.ts';

/** Rows of one process, with the promises of the port. */
export function createMemoryDueRows(): DueRows {
  const rows = new Map<string, StoredDueRow>();
  let version = 0;
  const put = (id: string, row: DueRow): true => {
    version += 1;
    rows.set(id, { row, etag: `${version}` });
    return true;
  };
  return {
    read: (id) => Promise.resolve(rows.get(id)),
    insert: (id, row) => Promise.resolve(!rows.has(id) && put(id, row)),
    replace: (id, row, former) =>
      Promise.resolve(rows.get(id)?.etag === former.etag && put(id, row)),
    due: (now, limit) => Promise.resolve(dueOf(rows, now).slice(0, limit)),
  };
}

function dueOf(rows: ReadonlyMap<string, StoredDueRow>, now: EpochMs): readonly DueEntry[] {
  const entries = [...rows].flatMap(([id, { row }]) =>
    row.dueAt === undefined || row.dueAt > now ? [] : [{ id, dueAt: row.dueAt }],
  );
  return entries.toSorted((left, right) => left.dueAt - right.dueAt);
}
