import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { DeltaOptions } from '../../../shared/bronze/delta/delta-options.ts';
import { openDeltaTables, type OpenDeltaTables } from '../../../shared/bronze/index.ts';
import type { ObjectStore } from '../../../shared/bronze/object-store.ts';
import { durationMs } from '../../../shared/kernel/time.ts';
import { createMemoryObjectStore, type MemoryObjectStore } from './memory-object-store.ts';
import { readRows } from './read-table.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** A lake in memory, and what happened to it. */
export interface BronzeHouse {
  readonly store: MemoryObjectStore;
  readonly warnings: string[];
  readonly commits: { table: string; version: number; appends: number; rows: number }[];
  readonly conflicts: { table: string; version: number }[];
  /** Opens the tables as one more process would, by its own way to the store if it has one. */
  open(options?: Partial<DeltaOptions>, view?: ObjectStore): OpenDeltaTables;
  /** Requests since the last call. */
  takeRequests(): readonly string[];
}

export function createBronzeHouse(): BronzeHouse {
  const store = createMemoryObjectStore();
  const house: Omit<BronzeHouse, 'open' | 'takeRequests'> = {
    store,
    warnings: [],
    commits: [],
    conflicts: [],
  };
  let taken = 0;
  const quiet = (): void => undefined;
  return {
    ...house,
    open: (options = {}, view = store) =>
      openDeltaTables({
        store: view,
        clock: { now: store.now },
        newId: randomUUID,
        log: { debug: quiet, info: quiet, error: quiet, warn: (text) => house.warnings.push(text) },
        options,
        hooks: {
          onCommit: (commit) => house.commits.push(commit),
          onConflict: (conflict) => house.conflicts.push(conflict),
        },
      }),
    takeRequests: () => {
      const since = store.requests.slice(taken);
      taken = store.requests.length;
      return since;
    },
  };
}

/** The `event_id` of every row of a table's newest version, ascending. */
export async function idsIn(tables: OpenDeltaTables, store: ObjectStore, table: string) {
  const snapshot = await tables.snapshot(table);
  const rows = await readRows(store, snapshot?.files ?? []);
  expect(rows).toHaveLength(snapshot?.rows ?? -1);
  return rows.map((row) => row['event_id'] as string).toSorted();
}

/** Options under which files are merged from two on, and the log is kept for an hour. */
export const eagerUpkeep: Partial<DeltaOptions> = {
  checkpointInterval: 3,
  checkpointGroupRows: 3,
  logRetention: durationMs(hour),
  fileRetention: durationMs(hour),
  compaction: { smallBytes: 1_000_000, targetBytes: 10_000_000, maxRows: 10_000, minFiles: 2 },
};

/** The actions of one commit, by kind, from the bytes in the store. */
export async function readCommitLines(store: ObjectStore, table: string, version: number) {
  const name = `Tables/${table}/_delta_log/${String(version).padStart(20, '0')}.json`;
  const file = await store.get(name);
  if (!file.found) throw new Error(`no version ${version}`);
  const lines = Buffer.from(file.bytes).toString('utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>);
}

/** Writes a commit as another engine would. */
export async function writeForeignCommit(
  store: ObjectStore,
  at: { readonly table: string; readonly version: number },
  actions: readonly object[],
): Promise<void> {
  const name = `Tables/${at.table}/_delta_log/${String(at.version).padStart(20, '0')}.json`;
  const text = actions.map((action) => JSON.stringify(action)).join('\n');
  const answer = await store.putIfAbsent(name, Buffer.from(text));
  if (!answer.created) throw new Error(`version ${at.version} is taken`);
}
