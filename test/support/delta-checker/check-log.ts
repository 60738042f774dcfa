import { parseCommit, type Actions } from './actions.ts';
import { checkHint, compareStates, readCheckpoint } from './check-checkpoints.ts';
import { checkCommit } from './check-commit.ts';
import { checkCompaction } from './check-compaction.ts';
import type { Report } from './finding.ts';
import { applyCommit, emptyState, type TableState } from './replay.ts';
import { checkpointName, commitName, type TableContext } from './table-context.ts';

/** Replays the whole log, checking each commit and each checkpoint; returns the newest state. */
export async function checkLog(
  context: TableContext,
): Promise<{ readonly state: TableState; readonly version: number }> {
  const commits = versionsOf(context.sizes, /^_delta_log\/(\d{20})\.json$/);
  const checkpoints = versionsOf(context.sizes, /^_delta_log\/(\d{20})\.checkpoint\.parquet$/);
  checkContiguous(commits, context.report);
  const first = commits[0] ?? 0;
  let state = first === 0 ? emptyState : await readBase(first, checkpoints, context);
  for (const version of commits) {
    const isInBase = version === first && first > 0;
    state = await replayCommit(state, { version, isInBase }, context);
    if (checkpoints.includes(version)) await checkCheckpoint(version, state, context);
  }
  const version = commits.at(-1) ?? -1;
  checkOrphans(checkpoints, { first, version }, context.report);
  await checkHint(checkpoints, context);
  return { state, version };
}

function checkContiguous(commits: readonly number[], report: Report): void {
  for (const [index, version] of commits.entries()) {
    const before = commits[index - 1];
    if (before === undefined || version === before + 1) continue;
    report('log.gap', '_delta_log', `nothing between ${before} and ${version}`);
  }
}

/** After a clean-up, the log begins with a checkpoint and the commit of the same version. */
async function readBase(
  first: number,
  checkpoints: readonly number[],
  { duck, report }: TableContext,
): Promise<TableState> {
  if (checkpoints.includes(first)) return readCheckpoint(checkpointName(first), duck, report);
  report('log.gap', '_delta_log', `begins at ${first} without a checkpoint of that version`);
  return emptyState;
}

async function replayCommit(
  state: TableState,
  { version, isInBase }: { readonly version: number; readonly isInBase: boolean },
  context: TableContext,
): Promise<TableState> {
  const { files, report } = context;
  const where = commitName(version);
  const actions = parseCommit(new TextDecoder().decode(await files.get(where)), where, report);
  checkCommit(actions, where, report);
  if (version === 0) checkFirst(actions, report);
  if (isInBase) return state;
  await checkCompaction(actions, state, { where, context });
  return applyCommit(state, actions, { where, report });
}

function checkFirst(actions: Actions, report: Report): void {
  if (actions.protocols.length === 1 && actions.metaData.length === 1) return;
  report('log.first-commit', commitName(0), 'version 0 holds one protocol and one metaData');
}

async function checkCheckpoint(
  version: number,
  replayed: TableState,
  { duck, report, nowMs }: TableContext,
): Promise<void> {
  const where = checkpointName(version);
  const stored = await readCheckpoint(where, duck, report);
  compareStates(stored, replayed, { where, report, nowMs });
}

function checkOrphans(
  checkpoints: readonly number[],
  commits: { readonly first: number; readonly version: number },
  report: Report,
): void {
  for (const version of checkpoints) {
    if (version >= commits.first && version <= commits.version) continue;
    report('checkpoint.orphan', checkpointName(version), 'has no commit of its version');
  }
}

function versionsOf(sizes: ReadonlyMap<string, number>, name: RegExp): readonly number[] {
  const versions = [...sizes.keys()].flatMap((path) => name.exec(path)?.[1] ?? []);
  return versions.map(Number).toSorted((a, b) => a - b);
}
