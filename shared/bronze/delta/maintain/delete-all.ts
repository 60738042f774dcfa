import type { TableSource } from '../log/table-source.ts';

const parallelDeletes = 16;

/** Deletes objects by their names relative to the table's root, roughly in the order given. */
export async function deleteAll(
  { store, root }: TableSource,
  names: readonly string[],
): Promise<void> {
  for (let start = 0; start < names.length; start += parallelDeletes) {
    const group = names.slice(start, start + parallelDeletes);
    await Promise.all(group.map((name) => store.delete(root + name)));
  }
}
