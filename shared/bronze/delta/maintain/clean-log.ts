import { epochMs, type EpochMs } from '../../../kernel/time.ts';
import { listLog } from '../log/list-log.ts';
import { openLog } from '../log/open-log.ts';
import type { TableSource } from '../log/table-source.ts';
import { writeCheckpoint } from '../log/write-checkpoint.ts';
import { retentionFor } from '../retention.ts';
import { selectExpiredLogFiles } from '../select-log-files.ts';
import { deleteAll } from './delete-all.ts';

export interface LogCleanUpReport {
  /** Version of the checkpoint written by this run, if it was due. */
  readonly checkpoint: number | undefined;
  readonly logFilesDeleted: number;
}

/** Table property by which others forbid the clean-up of the log. */
const cleanUpProperty = 'delta.enableExpiredLogCleanup';

/** Writes a checkpoint when one is due, and deletes what is old and before a retained checkpoint. */
export async function cleanLog(source: TableSource, now: EpochMs): Promise<LogCleanUpReport> {
  const { head, checkpoint, tail } = await openLog(source, { withFiles: false });
  if (head.definition === undefined) return { checkpoint: undefined, logFilesDeleted: 0 };
  const isDue = head.version - (checkpoint?.version ?? 0) >= source.options.checkpointInterval;
  const written = isDue ? await writeCheckpoint(source, { head, checkpoint, tail }) : undefined;
  const { configuration } = head.definition.metaData;
  const retention = retentionFor(configuration, 'log', source.options.logRetention);
  const isAllowed = configuration[cleanUpProperty]?.toLowerCase() !== 'false';
  const { files } = await listLog(source);
  const expired = isAllowed ? selectExpiredLogFiles(files, epochMs(now - retention)) : [];
  await deleteAll(
    source,
    expired.map(({ name }) => name),
  );
  return { checkpoint: written?.version, logFilesDeleted: expired.length };
}
