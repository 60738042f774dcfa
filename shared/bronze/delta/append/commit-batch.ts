import type { TableAppend } from '../../../ports/delta.ts';
import type { Commit } from '../actions.ts';
import { lakeUnavailable, schemaMismatch } from '../delta-errors.ts';
import type { KnownLog, TableLog } from '../log/table-log.ts';
import type { TableSource } from '../log/table-source.ts';
import { planCommit, writesSameRows, type CommitPlan } from '../plan-commit.ts';
import { appendCommit } from './append-commit.ts';
import { uploadFiles, type UploadedFiles } from './upload-files.ts';

/** An append and the promise that waits for it. */
export interface Pending {
  readonly append: TableAppend;
  readonly land: () => void;
  readonly fail: (error: unknown) => void;
}

/** Calls for whoever counts; they must not throw. */
export interface CommitHooks {
  readonly onCommit?: (commit: {
    readonly table: string;
    readonly version: number;
    readonly appends: number;
    readonly rows: number;
    readonly files: number;
  }) => void;
  /** A version was lost to another writer, or its answer came too late. */
  readonly onConflict?: (conflict: { readonly table: string; readonly version: number }) => void;
}

export interface BatchContext {
  readonly source: TableSource;
  readonly log: TableLog;
  readonly hooks: CommitHooks;
}

/** Versions lost in a row after which the table counts as unavailable: minutes of losing. */
const maxAttempts = 500;

/**
 * Lands every append of a batch, or fails those that cannot be written. A race that is lost goes on
 * at once: to wait would only favour the writer that just won. Answers the state after our commit,
 * or undefined when there was nothing left to write.
 * Errors: those of the store; then nothing is known of the appends that were not answered yet.
 */
export async function commitBatch(
  context: BatchContext,
  batch: readonly Pending[],
): Promise<{ readonly version: number; readonly known: KnownLog } | undefined> {
  const { source, log, hooks } = context;
  const { table } = source;
  let { known, open, uploaded } = await prepare(context, batch);
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const plan = planCommit(known.head, open);
    open = answerDecided(table, plan);
    if (open.length === 0) return undefined;
    if (!serves(uploaded, plan, context)) uploaded = await uploadFiles(source, plan);
    const version = known.head.version + 1;
    const outcome = await log.commit(known, toCommit(source, known, uploaded));
    known = outcome.known;
    if (outcome.kind === 'committed') {
      for (const { land } of open) land();
      const { rows, adds } = uploaded;
      hooks.onCommit?.({ table, version, appends: open.length, rows, files: adds.length });
      return { version, known };
    }
    hooks.onConflict?.({ table, version });
  }
  throw lakeUnavailable('lost every race for a version', { table });
}

interface Prepared {
  readonly known: KnownLog;
  readonly open: readonly Pending[];
  readonly uploaded: UploadedFiles<Pending> | undefined;
}

/** Looks at the log, and uploads meanwhile what the last look made of the batch: news are rare. */
async function prepare(
  { source, log }: BatchContext,
  batch: readonly Pending[],
): Promise<Prepared> {
  const before = log.known();
  if (before === undefined) {
    return { known: await log.refresh(), open: batch, uploaded: undefined };
  }
  const plan = planCommit(before.head, batch);
  // A watermark only grows, so what has landed by an old look has landed.
  for (const { land } of plan.landed) land();
  const open = batch.filter((pending) => !plan.landed.includes(pending));
  if (open.length === 0) return { known: before, open, uploaded: undefined };
  const [known, uploaded] = await Promise.all([log.refresh(), uploadFiles(source, plan)]);
  return { known, open, uploaded };
}

/** Whether files hold just the rows of the plan, and are too young for any vacuum. */
function serves(
  uploaded: UploadedFiles<Pending> | undefined,
  plan: CommitPlan<Pending>,
  { source, log }: BatchContext,
): uploaded is UploadedFiles<Pending> {
  if (uploaded === undefined || !writesSameRows(uploaded.plan, plan)) return false;
  const now = log.known()?.head.asOf;
  if (uploaded.at === undefined || now === undefined) return true;
  return now - uploaded.at <= source.options.answerBelief;
}

function toCommit(
  { clock, newId }: TableSource,
  { head }: KnownLog,
  { plan, adds, rows }: UploadedFiles<Pending>,
): Commit {
  return appendCommit(head, { plan, adds, rows, now: clock.now(), newId });
}

/** Answers the appends whose fate is known, and returns the others. */
function answerDecided(table: string, plan: CommitPlan<Pending>): readonly Pending[] {
  for (const { land } of plan.landed) land();
  for (const { item, problem } of plan.refused) {
    item.fail(
      problem === undefined
        ? lakeUnavailable('an earlier append of the same author was refused', { table })
        : schemaMismatch(table, problem),
    );
  }
  return plan.writes.map(({ item }) => item);
}
