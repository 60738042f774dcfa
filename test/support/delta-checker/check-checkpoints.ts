import { isDeepStrictEqual } from 'node:util';
import { parseCheckpointRows, type AddAction } from './actions.ts';
import type { DuckSession } from './duck-session.ts';
import type { Report } from './finding.ts';
import { stateOfCheckpoint, type TableState } from './replay.ts';
import { checkpointName, type TableContext } from './table-context.ts';

/** Tombstones may leave a checkpoint once they are older than this. */
const defaultTombstoneRetentionMs = 7 * 24 * 3600 * 1000;

/** Reads a classic checkpoint into the state it describes. */
export async function readCheckpoint(
  path: string,
  duck: DuckSession,
  report: Report,
): Promise<TableState> {
  const copy = await duck.copyOf(path);
  const rows = await duck.query(`SELECT CAST(to_json(t) AS VARCHAR) AS row FROM ${copy} AS t`);
  const actions = parseCheckpointRows(
    rows.map((row) => String(row['row'])),
    path,
    report,
  );
  const paths = [...actions.adds, ...actions.removes].map((action) => action.path);
  if (new Set(paths).size !== paths.length) report('checkpoint.content', path, 'a path is twice');
  const appIds = actions.txns.map(({ appId }) => appId);
  if (new Set(appIds).size !== appIds.length) report('checkpoint.content', path, 'a txn is twice');
  if (actions.protocols.length !== 1 || actions.metaData.length !== 1) {
    report('checkpoint.content', path, 'needs exactly one protocol and one metaData');
  }
  return stateOfCheckpoint(actions);
}

/** Compares the state in a checkpoint with the state that replaying the commits gives. */
export function compareStates(
  stored: TableState,
  replayed: TableState,
  { where, report, nowMs }: { where: string; report: Report; nowMs: number },
): void {
  const fresh = freshTombstones(replayed, nowMs);
  const differing = [
    ...differences(essenceOf(stored), essenceOf(replayed)),
    ...[...stored.removes.keys()].filter((path) => !replayed.removes.has(path)),
    ...fresh.filter((path) => !stored.removes.has(path)),
  ];
  for (const what of differing) {
    report('checkpoint.replay', where, `${what} is not what the commits say`);
  }
}

/** What a checkpoint must keep, by a name for each part. */
function essenceOf(state: TableState): ReadonlyMap<string, unknown> {
  return new Map([
    ['protocol', essenceOfProtocol(state)],
    ['metaData', essenceOfMetaData(state)],
    ...[...state.adds].map(([path, add]) => [`add ${path}`, essenceOfAdd(add)] as const),
    ...[...state.txns].map(([appId, { version }]) => [`txn ${appId}`, version] as const),
  ]);
}

function differences(
  left: ReadonlyMap<string, unknown>,
  right: ReadonlyMap<string, unknown>,
): readonly string[] {
  const keys = [...new Set([...left.keys(), ...right.keys()])];
  return keys.filter((key) => !isDeepStrictEqual(left.get(key), right.get(key)));
}

function freshTombstones({ removes }: TableState, nowMs: number): readonly string[] {
  const fresh = [...removes.values()].filter(
    ({ deletionTimestamp }) => (deletionTimestamp ?? 0) > nowMs - defaultTombstoneRetentionMs,
  );
  return fresh.map(({ path }) => path);
}

function essenceOfAdd(add: AddAction): unknown {
  const { path, partitionValues, size, modificationTime, stats } = add;
  const sorted = Object.entries(partitionValues).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { path, sorted, size, modificationTime, stats: stats ?? null };
}

function essenceOfMetaData({ metaData }: TableState): unknown {
  if (metaData === undefined) return undefined;
  const { id, schemaString, partitionColumns, configuration } = metaData;
  return { id, schemaString, partitionColumns: [...partitionColumns], ...configuration };
}

function essenceOfProtocol({ protocol }: TableState): unknown {
  return [protocol?.minReaderVersion, protocol?.minWriterVersion];
}

/** Checks that `_last_checkpoint` describes a checkpoint that is there. */
export async function checkHint(
  checkpoints: readonly number[],
  { sizes, files, duck, report }: TableContext,
): Promise<void> {
  const path = '_delta_log/_last_checkpoint';
  if (!sizes.has(path)) return;
  const hint = JSON.parse(new TextDecoder().decode(await files.get(path))) as {
    readonly version: number;
    readonly size: number;
  };
  if (!checkpoints.includes(hint.version)) {
    report('checkpoint.hint', path, `names version ${hint.version}, which has no checkpoint`);
    return;
  }
  const copy = await duck.copyOf(checkpointName(hint.version));
  const [row] = await duck.query(`SELECT count(*) AS n FROM ${copy}`);
  const actions = String(row?.['n']);
  if (actions !== String(hint.size)) {
    report('checkpoint.hint', path, `says ${hint.size} actions, the file has ${actions}`);
  }
}
