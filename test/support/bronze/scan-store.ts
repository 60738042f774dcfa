import { zstdDecompressSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';

/** An object of a store, as a scan sees it. */
export interface ScannedObject {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Names of the objects that have a text in them, ascending: in their bytes, or in any value of a
 * Parquet file, whose pages are compressed. Files that no version names are looked at as well.
 */
export async function findText(
  objects: Iterable<ScannedObject>,
  text: string,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { name, bytes } of objects) {
    if (Buffer.from(bytes).includes(text) || (await hasValue({ name, bytes }, text)))
      found.push(name);
  }
  return found.toSorted();
}

async function hasValue({ name, bytes }: ScannedObject, text: string): Promise<boolean> {
  if (!name.endsWith('.parquet')) return false;
  const file = new Uint8Array(bytes).buffer;
  const compressors = { ZSTD: (input: Uint8Array) => zstdDecompressSync(input) };
  const rows = await parquetReadObjects({ file, compressors });
  return rows.some((row) => JSON.stringify(row, spellBig).includes(text));
}

function spellBig(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
