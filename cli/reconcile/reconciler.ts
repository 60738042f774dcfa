import type { Ledger } from '../../shared/ports/ledger.ts';
import type { LogSource } from '../delta-log.ts';
import { createLakeReader } from './lake-reader.ts';
import { createLedgerReader } from './ledger-reader.ts';
import { reconcile, type ReconcileReport } from './report.ts';

/**
 * Reconciles stored data each time it is called, also while events flow: heads before tables, so
 * that what is settled must be in them, and tables before plans, so that every row has its plan.
 */
export function createReconciler(sources: {
  readonly ledger: Ledger;
  readonly log: LogSource;
}): () => Promise<ReconcileReport> {
  const ledgerReader = createLedgerReader(sources.ledger);
  const readTables = createLakeReader(sources.log);
  return async () => {
    const settled = await ledgerReader.readSettled();
    const tables = await readTables();
    return reconcile(await ledgerReader.read(settled), tables);
  };
}
