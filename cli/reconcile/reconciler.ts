import type { Ledger } from '../../shared/ports/ledger.ts';
import type { LogSource } from '../delta-log.ts';
import { createLakeReader } from './lake-reader.ts';
import { createLedgerReader } from './ledger-reader.ts';
import type { LetterCounts } from './letter-counts.ts';
import { reconcile, type ReconcileReport } from './report.ts';

/** What stored data say of events, and of the dead letters that some of them and others became. */
export interface StoredReport extends ReconcileReport {
  readonly deadLetters: LetterCounts;
}

/**
 * Reconciles stored data each time it is called, also while events flow: heads before tables, so
 * that what is settled must be in them, and tables before plans, so that every row has its plan. Dead letters come last: what is settled is among them.
 */
export function createReconciler(sources: {
  readonly ledger: Ledger;
  readonly log: LogSource;
  readonly countLetters: () => Promise<LetterCounts>;
}): () => Promise<StoredReport> {
  const ledgerReader = createLedgerReader(sources.ledger);
  const readTables = createLakeReader(sources.log);
  return async () => {
    const settled = await ledgerReader.readSettled();
    const tables = await readTables();
    const report = reconcile(await ledgerReader.read(settled), tables);
    return { ...report, deadLetters: await sources.countLetters() };
  };
}
