import { epochMs } from '../../../kernel/time.ts';
import { abandonedAfter } from '../delta-options.ts';
import { openFiles } from '../log/open-files.ts';
import type { TableSource } from '../log/table-source.ts';
import { selectSweep } from '../select-sweep.ts';
import { deleteAll } from './delete-all.ts';

/** As `TableErasure.sweep`. */
export async function sweepTable(source: TableSource, through: string): Promise<number> {
  const { store, root, options } = source;
  // Listed first: whatever a commit names in between is then seen as live.
  const { objects, at } = await store.list(root);
  const { head, files } = await openFiles(source);
  if (head.definition === undefined) return 0;
  const relative = objects.map((object) => ({ ...object, name: object.name.slice(root.length) }));
  const names = selectSweep(relative, files, {
    partitionColumn: head.definition.shape.partitionColumn,
    through,
    abandonedBefore: epochMs(at - abandonedAfter(options)),
  });
  await deleteAll(source, names);
  return names.length;
}
