/** Paths inside a table, and their spelling in the log. */

/** Path of a new data file. `date` is `yyyy-MM-dd` and `id` a UUID, so nothing needs escaping. */
export function dataFilePath(file: {
  readonly partitionColumn: string;
  readonly date: string;
  readonly id: string;
}): string {
  return `${file.partitionColumn}=${file.date}/part-00000-${file.id}.c000.zstd.parquet`;
}

/**
 * The name of a file in the store, relative to the table's root, from its `path` in the log. The
 * log escapes paths as URIs do; one that is not escaped properly is taken as it stands.
 */
export function decodeFilePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Whether a path of the log leaves the table: then its file is not ours to touch. */
export function isForeignPath(path: string): boolean {
  return (
    /^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('/') || path.split('/').includes('..')
  );
}
