import { epochMs, type EpochMs } from '../../../kernel/time.ts';
import { openFiles } from '../log/open-files.ts';
import type { TableSource } from '../log/table-source.ts';
import { retentionFor } from '../retention.ts';
import { selectVacuum } from '../select-vacuum.ts';
import { deleteAll } from './delete-all.ts';

export interface VacuumReport {
  readonly dataFilesDeleted: number;
}

/** Deletes data files that no version within the retention needs. */
export async function vacuumTable(source: TableSource, now: EpochMs): Promise<VacuumReport> {
  const { store, root, options } = source;
  // Listed first: whatever a commit names in between is then seen as needed.
  const { objects } = await store.list(root);
  const { head, files } = await openFiles(source);
  if (head.definition === undefined) return { dataFilesDeleted: 0 };
  const { configuration } = head.definition.metaData;
  const retention = retentionFor(configuration, 'files', options.fileRetention);
  const relative = objects.map((object) => ({ ...object, name: object.name.slice(root.length) }));
  const names = selectVacuum(relative, files, epochMs(now - retention));
  await deleteAll(source, names);
  return { dataFilesDeleted: names.length };
}
