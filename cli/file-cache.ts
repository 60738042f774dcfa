import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError } from './command-error.ts';
import type { Lake } from './lake.ts';

/** Downloads at once: enough to hide round trips, few enough for a laptop's Azurite. */
const parallelDownloads = 8;

/**
 * Keeps copies of data files in a folder and returns their local paths, in order. A data file
 * never changes under its name, so a copy is good for ever.
 */
export async function cacheFiles(
  table: string,
  paths: readonly string[],
  { lake, folder }: { readonly lake: Lake; readonly folder: string },
): Promise<readonly string[]> {
  const target = join(folder, table);
  await mkdir(target, { recursive: true });
  const local = paths.map((path) => join(target, `${nameOf(path)}.parquet`));
  const missing = paths
    .map((path, index) => ({ path, copy: local[index] ?? '' }))
    .filter(({ copy }) => !existsSync(copy));
  const download = async (): Promise<void> => {
    for (let next = missing.pop(); next !== undefined; next = missing.pop()) {
      await copyFile(table, next, lake);
    }
  };
  await Promise.all(Array.from({ length: parallelDownloads }, download));
  return local;
}

async function copyFile(
  table: string,
  { path, copy }: { readonly path: string; readonly copy: string },
  lake: Lake,
): Promise<void> {
  const bytes = await lake.read(table, path);
  if (bytes === undefined) {
    throw new CommandError(
      `Table ${table}: ${path} is no longer in the store: vacuum took it, or the table is damaged.`,
    );
  }
  // Renamed into place, so that a copy with the right name is always whole.
  const partial = `${copy}.${randomUUID()}`;
  await writeFile(partial, bytes);
  await rename(partial, copy);
}

/** A path comes from a log that others may have written: it never names a local file itself. */
function nameOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 40);
}
