import { CommandError } from './command-error.ts';
import { parseAction, type LiveFile, type LogAction, type TableColumn } from './delta-log-codec.ts';
import type { Lake } from './lake.ts';

/** A table as one version of its log describes it. */
export interface TableSnapshot {
  readonly table: string;
  readonly version: number;
  /** In the order of the schema, partition columns included. */
  readonly columns: readonly TableColumn[];
  readonly partitionColumns: readonly string[];
  readonly files: ReadonlyMap<string, LiveFile>;
  /** `txn` version by app id: the landing watermarks. */
  readonly txns: ReadonlyMap<string, number>;
}

/** Turns the bytes of a checkpoint into its rows, each as JSON. */
type CheckpointReader = (bytes: Uint8Array) => Promise<readonly string[]>;

export interface LogSource {
  readonly lake: Lake;
  readonly readCheckpoint: CheckpointReader;
}

/**
 * Reads a table at a version (default: the newest) from its nearest checkpoint and the commits
 * after it. Undefined when the table has no commit yet.
 */
export async function readTable(
  table: string,
  { lake, readCheckpoint }: LogSource,
  at?: number,
): Promise<TableSnapshot | undefined> {
  const names = await lake.listLog(table);
  const commits = versionsIn(names, /^(\d{20})\.json$/);
  const newest = commits.at(-1);
  if (newest === undefined) return undefined;
  const version = at ?? newest;
  const checkpoint = versionsIn(names, /^(\d{20})\.checkpoint\.parquet$/).findLast(
    (one) => one <= version,
  );
  const tail = commits.filter((one) => one > (checkpoint ?? -1) && one <= version);
  const isComplete = tail.length === version - (checkpoint ?? -1) && version <= newest;
  if (!isComplete) throw new CommandError(versionProblem(table, version, { commits, newest }));
  let snapshot = emptySnapshot(table);
  if (checkpoint !== undefined) {
    const bytes = await required(lake, table, `${padded(checkpoint)}.checkpoint.parquet`);
    snapshot = applyActions(snapshot, checkpoint, parseAll(await readCheckpoint(bytes), table));
  }
  const texts = await Promise.all(tail.map((one) => required(lake, table, `${padded(one)}.json`)));
  return texts.reduce((before, bytes) => applyCommit(before, bytes), snapshot);
}

/** Reads what was committed after a snapshot; returns the same object when nothing was. */
export async function refreshTable(snapshot: TableSnapshot, lake: Lake): Promise<TableSnapshot> {
  let newest = snapshot;
  for (;;) {
    const name = `_delta_log/${padded(newest.version + 1)}.json`;
    const bytes = await lake.read(snapshot.table, name);
    if (bytes === undefined) return newest;
    newest = applyCommit(newest, bytes);
  }
}

/** The rows of all live files, as their statistics count them. */
export function countRows({ files }: TableSnapshot): number {
  return [...files.values()].reduce((sum, { rowCount }) => sum + rowCount, 0);
}

function emptySnapshot(table: string): TableSnapshot {
  return {
    table,
    version: -1,
    columns: [],
    partitionColumns: [],
    files: new Map(),
    txns: new Map(),
  };
}

function applyCommit(before: TableSnapshot, bytes: Uint8Array): TableSnapshot {
  const lines = new TextDecoder().decode(bytes).split('\n');
  const actions = parseAll(
    lines.filter((line) => line !== ''),
    before.table,
  );
  return applyActions(before, before.version + 1, actions);
}

function applyActions(
  before: TableSnapshot,
  version: number,
  actions: readonly LogAction[],
): TableSnapshot {
  const files = new Map(before.files);
  const txns = new Map(before.txns);
  let { columns, partitionColumns } = before;
  for (const action of actions) {
    if (action.kind === 'remove') files.delete(action.path);
    else if (action.kind === 'txn') txns.set(action.appId, action.version);
    else if (action.kind === 'metaData') ({ columns, partitionColumns } = action);
  }
  for (const action of actions) {
    if (action.kind === 'add') files.set(action.file.path, action.file);
  }
  return { ...before, version, columns, partitionColumns, files, txns };
}

function parseAll(rows: readonly string[], table: string): readonly LogAction[] {
  return rows.flatMap((row) => parseAction(row, table) ?? []);
}

async function required(lake: Lake, table: string, name: string): Promise<Uint8Array> {
  const bytes = await lake.read(table, `_delta_log/${name}`);
  if (bytes !== undefined) return bytes;
  throw new CommandError(
    `Table ${table}: ${name} disappeared while it was read: clean-up took it. Try again.`,
  );
}

function versionProblem(
  table: string,
  version: number,
  { commits, newest }: { readonly commits: readonly number[]; readonly newest: number },
): string {
  if (version > newest) return `Table ${table} has no version ${version}: the newest is ${newest}.`;
  const missing = commits.find((one, index) => index > 0 && one !== (commits[index - 1] ?? 0) + 1);
  return missing === undefined
    ? `Table ${table} has no version ${version} any more: clean-up took its log.`
    : `Table ${table} has a gap in its log before version ${missing}: the table is damaged.`;
}

function versionsIn(names: readonly string[], pattern: RegExp): readonly number[] {
  const versions = names.flatMap((name) => pattern.exec(name)?.[1] ?? []).map(Number);
  return versions.toSorted((a, b) => a - b);
}

function padded(version: number): string {
  return String(version).padStart(20, '0');
}
