import { replayFiles, type TableFiles } from '../table-files.ts';
import type { TableHead } from '../table-head.ts';
import { openLog } from './open-log.ts';
import { knownFrom, type KnownLog } from './table-log.ts';
import type { TableSource } from './table-source.ts';

/** A table with all that its log says of files; its size grows with the table. */
export interface OpenFiles {
  readonly head: TableHead;
  readonly files: TableFiles;
  readonly known: KnownLog;
}

/** Reads the newest version of a table with its files. Errors: those of `openLog`. */
export async function openFiles(source: TableSource): Promise<OpenFiles> {
  const opened = await openLog(source, { withFiles: true });
  const { head, base, tail } = opened;
  const files = replayFiles(base === undefined ? tail : [base, ...tail]);
  return { head, files, known: knownFrom(opened, source.clock.now()) };
}
