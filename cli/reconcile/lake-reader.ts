import {
  countRows,
  readTable,
  refreshTable,
  type LogSource,
  type TableSnapshot,
} from '../delta-log.ts';
import type { TableState } from './compare-table.ts';

/** Tables of events and of dead letters; others are not what plans promise. */
const bronzePrefix = 'brz_event_';

/** Reads the newest version of every Bronze table; what it has read once it does not read again. */
export function createLakeReader(source: LogSource): () => Promise<readonly TableState[]> {
  const known = new Map<string, TableSnapshot>();
  return async () => {
    const tables = (await source.lake.listTables()).filter((name) => name.startsWith(bronzePrefix));
    for (const table of tables) {
      const before = known.get(table);
      const snapshot =
        before === undefined
          ? await readTable(table, source)
          : await refreshTable(before, source.lake);
      if (snapshot !== undefined) known.set(table, snapshot);
    }
    return [...known.values()].map(toTableState);
  };
}

function toTableState(snapshot: TableSnapshot): TableState {
  const { table, version, txns } = snapshot;
  return { table, version, rows: countRows(snapshot), txns };
}
