import { setImmediate as nextTurn } from 'node:timers/promises';
import { epochMs } from '../../../kernel/time.ts';

import { checkpointActions, type CheckpointExpiry } from '../checkpoint-actions.ts';
import {
  buildCheckpoint,
  type CheckpointAction,
  type CheckpointBuilder,
} from '../codec/checkpoint-builder.ts';
import { readCheckpoint, readGroups, type CheckpointView } from '../codec/checkpoint-reader.ts';
import { formatLastCheckpoint, type LastCheckpoint } from '../codec/last-checkpoint.ts';
import { checkpointName, lastCheckpointName } from '../codec/log-names.ts';
import { corruptLog } from '../delta-errors.ts';
import { engineInfo } from '../engine-info.ts';
import { planReuse, type CheckpointReuse } from '../plan-checkpoint.ts';
import { retentionFor } from '../retention.ts';
import { replayFiles, type TableFiles } from '../table-files.ts';
import type { TableHead } from '../table-head.ts';
import { openFiles } from './open-files.ts';
import { readHint, viewParts } from './read-checkpoint.ts';
import type { KnownLog } from './table-log.ts';
import type { TableSource } from './table-source.ts';

/** The part of a known log that a checkpoint is made of. */
export type CheckpointBase = Pick<KnownLog, 'head' | 'checkpoint' | 'tail'>;

/**
 * Writes a checkpoint of `known`, or of a newer version when the commits since the last one are no
 * longer at hand. Several writers may do this at once: every outcome is a right one.
 * Errors: those of reading the log.
 */
export async function writeCheckpoint(
  source: TableSource,
  known: CheckpointBase,
): Promise<LastCheckpoint> {
  const { head, files, kept } = await gather(source, known);
  const { definition, txns, version, table } = head;
  if (definition === undefined) throw corruptLog('nothing to checkpoint', { table });
  const actions = checkpointActions({ definition, txns, files }, expiryOf(source, head));
  const builder = buildCheckpoint();
  const groupRows = source.options.checkpointGroupRows;
  builder.addGroup('state', actions.state);
  reuseGroups(builder, kept, 'removes');
  await writeGroups(builder, 'remove', inGroups(actions.removes, groupRows));
  reuseGroups(builder, kept, 'adds');
  await writeGroups(builder, 'add', inGroups(actions.adds, groupRows));
  const size = { actions: builder.rows(), files: builder.rows('add') };
  const bytes = builder.finish();
  await source.store.put(source.root + checkpointName(version), bytes);
  await pointTo(source, { version, ...size, sizeBytes: bytes.byteLength });
  return { version, parts: 1 };
}

/** A version, and its files apart from those of row groups that stay as they are. */
interface Gathered {
  readonly head: TableHead;
  readonly files: TableFiles;
  readonly kept: { readonly view: CheckpointView; readonly reuse: CheckpointReuse } | undefined;
}

async function gather(source: TableSource, known: CheckpointBase): Promise<Gathered> {
  const { head, checkpoint, tail } = known;
  const isTailWhole = tail.length === head.version - (checkpoint?.version ?? -1);
  const views = checkpoint === undefined ? [] : await viewParts(source, checkpoint);
  if (!isTailWhole || views === undefined) return { ...(await openFiles(source)), kept: undefined };
  const kept = keep(source, known, views);
  const read =
    kept === undefined
      ? await Promise.all(views.map((view) => readCheckpoint(view, { withFiles: true })))
      : [await readGroups(kept.view, kept.reuse.opened)];
  return { head, files: replayFiles([...read, ...tail]), kept };
}

/** What can be taken over unread: only from a checkpoint of ours, followed by commits of ours. */
function keep(
  source: TableSource,
  { head, tail }: CheckpointBase,
  [view]: readonly CheckpointView[],
): Gathered['kept'] {
  const isOurs = tail.every(({ commitInfo }) => commitInfo?.engineInfo === engineInfo);
  if (!isOurs || view?.groups === undefined) return undefined;
  const { now, fileRetention } = expiryOf(source, head);
  const reuse = planReuse(view.groups, tail, {
    fullRows: source.options.checkpointGroupRows,
    expiredBefore: epochMs(now - fileRetention),
  });
  return { view, reuse };
}

function expiryOf({ clock, options }: TableSource, { definition }: TableHead): CheckpointExpiry {
  const { fileRetention, txnRetention } = options;
  const configuration = definition?.metaData.configuration ?? {};
  return {
    now: clock.now(),
    fileRetention: retentionFor(configuration, 'files', fileRetention),
    txnRetention,
  };
}

function reuseGroups(
  builder: CheckpointBuilder,
  kept: Gathered['kept'],
  kind: 'removes' | 'adds',
): void {
  if (kept === undefined) return;
  for (const index of kept.reuse[kind]) builder.reuseGroup(kept.view, index);
}

async function writeGroups(
  builder: CheckpointBuilder,
  kind: 'remove' | 'add',
  groups: readonly (readonly CheckpointAction[])[],
): Promise<void> {
  for (const group of groups) {
    builder.addGroup(kind, group);
    // A group is some 50 ms of work: others get their turn in between.
    await nextTurn();
  }
}

function inGroups(
  actions: readonly CheckpointAction[],
  rows: number,
): readonly (readonly CheckpointAction[])[] {
  const count = Math.ceil(actions.length / rows);
  return Array.from({ length: count }, (_, index) =>
    actions.slice(index * rows, (index + 1) * rows),
  );
}

/** Moves the hint forward; a slower writer of an older checkpoint leaves it alone. */
async function pointTo(
  source: TableSource,
  checkpoint: Parameters<typeof formatLastCheckpoint>[0],
): Promise<void> {
  const hint = await readHint(source);
  if (hint !== undefined && hint.version > checkpoint.version) return;
  const text = formatLastCheckpoint(checkpoint);
  await source.store.put(source.root + lastCheckpointName, Buffer.from(text));
}
