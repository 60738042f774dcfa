import type { Config } from '../../shared/config/config.ts';
import { stateTables } from '../../shared/config/state-tables.ts';
import { createTableLedger } from '../../shared/ledger/table-ledger.ts';
import type { Ledger } from '../../shared/ports/ledger.ts';
import { openTable, watchForTable } from '../storage-clients.ts';

/**
 * Opens the stored ledger. Before the application has created its table there is no author; this
 * never creates it, because reconciling only reads.
 */
export async function openLedger({ connections }: Config): Promise<Ledger> {
  const { table, account } = await openTable(connections.stateStorage, stateTables.ledger);
  const ledger = createTableLedger(table);
  const exists = watchForTable(account, stateTables.ledger);
  return {
    ...ledger,
    async *authors() {
      if (await exists()) yield* ledger.authors();
    },
  };
}
