import type { OpenDeltaTables } from '../../shared/bronze/index.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import {
  addDuration,
  durationMs,
  isBefore,
  type Clock,
  type EpochMs,
} from '../../shared/kernel/time.ts';
import type { Log } from '../../shared/ports/log.ts';

/** A vacuum lists every file of a table, which is worth it once a day. */
const vacuumInterval = durationMs(24 * 60 * 60 * 1000);

export interface UpkeepOptions {
  readonly tables: Pick<OpenDeltaTables, 'tables' | 'compact' | 'cleanLog' | 'vacuum'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Keeps every table of the lake in shape: compaction and log clean-up at each call, a vacuum once a
 * day and process. One table that cannot be maintained does not stop the others; the next call
 * tries it again. Errors: those of listing the tables.
 */
export function createTableUpkeep({ tables, clock, log }: UpkeepOptions): () => Promise<void> {
  const vacuumedAt = new Map<string, EpochMs>();
  const isVacuumDue = (table: string): boolean => {
    const last = vacuumedAt.get(table);
    return last === undefined || !isBefore(clock.now(), addDuration(last, vacuumInterval));
  };
  const maintain = async (table: string): Promise<void> => {
    const report = {
      ...(await tables.compact(table, clock.now())),
      ...(await tables.cleanLog(table, clock.now())),
    };
    log.info('Maintained a table', { table, ...report });
    if (!isVacuumDue(table)) return;
    const vacuumed = await tables.vacuum(table, clock.now());
    vacuumedAt.set(table, clock.now());
    log.info('Vacuumed a table', { table, ...vacuumed });
  };
  return async () => {
    for (const table of await tables.tables()) {
      await maintain(table).catch((error: unknown) => {
        reportFailure(log, table, error);
      });
    }
  };
}

function reportFailure(log: Log, table: string, error: unknown): void {
  const code = error instanceof AppError ? error.code : 'bug';
  const details = { table, code, reason: String(error) };
  const isTransient = error instanceof AppError && error.kind === 'transient';
  if (isTransient) log.warn('A table could not be maintained this time', details);
  else log.error('A table cannot be maintained', details);
}
