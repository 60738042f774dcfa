import { randomUUID } from 'node:crypto';
import type { Config } from '../../shared/config/config.ts';
import { stateTables } from '../../shared/config/state-tables.ts';
import { createTableDeadLetterMetrics } from '../../shared/deadletter/table-dead-letter-metrics.ts';
import { createTableDeadLetterDesk } from '../../shared/deadletter/table-dead-letters.ts';
import { systemClock } from '../../shared/kernel/time.ts';
import { openTable, watchForTable } from '../storage-clients.ts';
import { countLetters, type LetterCounts } from './letter-counts.ts';

/**
 * Opens the operational table of dead letters. Before the application has created it there is no
 * dead letter; this never creates it, because it only reads.
 */
export async function openLetters({ connections }: Config): Promise<() => Promise<LetterCounts>> {
  const { table, account } = await openTable(connections.stateStorage, stateTables.deadLetters);
  const desk = createTableDeadLetterDesk({ table, clock: systemClock, newId: randomUUID });
  const metrics = createTableDeadLetterMetrics(table);
  const exists = watchForTable(account, stateTables.deadLetters);
  return async () => {
    if (!(await exists())) return countLetters([], []);
    const [tallies, alerts] = await Promise.all([desk.tallies(), metrics.alerts()]);
    return countLetters(tallies, alerts);
  };
}
