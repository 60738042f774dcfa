import { zstdDecompressSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import type { ObjectStore } from '../../../shared/bronze/object-store.ts';

type Json = Record<string, never>;

/** What a log says when it is read from the beginning, without the writer's code. */
export interface ReplayedTable {
  readonly versions: readonly number[];
  readonly live: ReadonlyMap<string, { readonly size: number; readonly stats: string }>;
  readonly txns: ReadonlyMap<string, number>;
  /** For every author, its `txn` versions in the order of commits. */
  readonly txnHistory: ReadonlyMap<string, readonly number[]>;
}

/** Replays the JSON files of a log that was never cleaned up. */
export async function replayTable(store: ObjectStore, table: string): Promise<ReplayedTable> {
  const root = `Tables/${table}/`;
  const { objects } = await store.list(`${root}_delta_log/`);
  const commits = objects.filter(({ name }) => /\/\d{20}\.json$/.test(name));
  const live = new Map<string, { size: number; stats: string }>();
  const txns = new Map<string, number>();
  const txnHistory = new Map<string, number[]>();
  const versions: number[] = [];
  for (const { name } of commits) {
    versions.push(Number(name.slice(-25, -5)));
    const file = await store.get(name);
    if (!file.found) throw new Error(`${name} vanished`);
    for (const line of Buffer.from(file.bytes).toString().trim().split('\n')) {
      const action = JSON.parse(line) as Record<string, Json>;
      const { add, remove, txn } = action as unknown as {
        add?: { path: string; size: number; stats: string };
        remove?: { path: string };
        txn?: { appId: string; version: number };
      };
      if (add !== undefined) live.set(add.path, { size: add.size, stats: add.stats });
      if (remove !== undefined) live.delete(remove.path);
      if (txn !== undefined) {
        txns.set(txn.appId, txn.version);
        txnHistory.set(txn.appId, [...(txnHistory.get(txn.appId) ?? []), txn.version]);
      }
    }
  }
  return { versions, live, txns, txnHistory };
}

/**
 * All rows of the given files, each with the exact size that the log states. Raw rows hold text as
 * its UTF-8 bytes and timestamps as microseconds.
 */
export async function readRows(
  store: ObjectStore,
  files: Iterable<{ readonly name: string; readonly sizeBytes: number }>,
  { isRaw = false } = {},
): Promise<readonly Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (const { name, sizeBytes } of files) {
    const file = await store.get(name);
    if (!file.found) throw new Error(`${name} is named by the log and missing`);
    if (file.bytes.byteLength !== sizeBytes) throw new Error(`${name} has another size`);
    rows.push(
      ...(await parquetReadObjects({
        file: {
          byteLength: file.bytes.byteLength,
          slice: (start, end) => Uint8Array.from(file.bytes.subarray(start, end)).buffer,
        },
        compressors: { ZSTD: (input) => zstdDecompressSync(input) },
        ...(isRaw ? { parsers: rawParsers } : {}),
      })),
    );
  }
  return rows;
}

const rawParsers = {
  stringFromBytes: (bytes: Uint8Array) => Buffer.from(bytes).toString('hex'),
  timestampFromMicroseconds: (micros: bigint) => micros,
};
