import type { Author } from '../../../shared/kernel/author.ts';
import type { DeltaTables, TableRow } from '../../../shared/ports/delta.ts';

/** A row with the author that landed it. */
export interface LandedRow extends TableRow {
  readonly author: Author;
}

interface MemoryTable {
  readonly rows: LandedRow[];
  readonly watermarks: Map<Author, number>;
}

/** What is in the lake; writers that share it see each other's commits. */
export type MemoryLake = Map<string, MemoryTable>;

/** Tables in memory, with the same promises as those in Delta. */
export interface MemoryTables extends DeltaTables {
  readonly lake: MemoryLake;
}

function newTable(): MemoryTable {
  return { rows: [], watermarks: new Map() };
}

export function createMemoryTables(lake: MemoryLake = new Map()): MemoryTables {
  return {
    lake,
    append: ({ table, author, through, rows }) => {
      const { rows: landed, watermarks } = lake.get(table) ?? newTable();
      const watermark = watermarks.get(author) ?? -1;
      const above = rows.filter(({ sequenceNumber }) => sequenceNumber > watermark);
      if (above.length > 0) {
        landed.push(...above.map((row) => ({ ...row, author })));
        watermarks.set(author, through);
        lake.set(table, { rows: landed, watermarks });
      }
      return Promise.resolve();
    },
    watermark: (table, author) => Promise.resolve(lake.get(table)?.watermarks.get(author)),
  };
}
