import {
  readCheckpoint,
  viewCheckpoint,
  type CheckpointContent,
  type CheckpointView,
} from '../codec/checkpoint-reader.ts';
import { parseLastCheckpoint, type LastCheckpoint } from '../codec/last-checkpoint.ts';
import { checkpointNames, lastCheckpointName } from '../codec/log-names.ts';
import type { TableSource } from './table-source.ts';

/** The hint to the newest checkpoint; undefined when there is none that can be read. */
export async function readHint({ store, root }: TableSource): Promise<LastCheckpoint | undefined> {
  const hint = await store.get(root + lastCheckpointName);
  return hint.found ? parseLastCheckpoint(Buffer.from(hint.bytes).toString('utf8')) : undefined;
}

/** The files of a checkpoint, unread, or undefined when one is missing. Errors: `delta.corrupt_log`. */
export async function viewParts(
  { store, root }: TableSource,
  { version, parts }: LastCheckpoint,
): Promise<readonly CheckpointView[] | undefined> {
  const names = checkpointNames(version, parts);
  const files = await Promise.all(names.map((name) => store.get(root + name)));
  const views: CheckpointView[] = [];
  for (const [index, file] of files.entries()) {
    if (!file.found) return undefined;
    views.push(viewCheckpoint(file.bytes, names[index] ?? ''));
  }
  return views;
}

/** A whole checkpoint, or undefined when a part is missing. Errors: `delta.corrupt_log`. */
export async function loadCheckpoint(
  source: TableSource,
  checkpoint: LastCheckpoint,
  want: { readonly withFiles: boolean },
): Promise<CheckpointContent | undefined> {
  const views = await viewParts(source, checkpoint);
  if (views === undefined) return undefined;
  return mergeParts(await Promise.all(views.map((view) => readCheckpoint(view, want))));
}

function mergeParts(parts: readonly CheckpointContent[]): CheckpointContent {
  const protocol = parts.find((part) => part.protocol !== undefined)?.protocol;
  const metaData = parts.find((part) => part.metaData !== undefined)?.metaData;
  return {
    ...(protocol === undefined ? {} : { protocol }),
    ...(metaData === undefined ? {} : { metaData }),
    txns: parts.flatMap(({ txns }) => txns),
    adds: parts.flatMap(({ adds }) => adds),
    removes: parts.flatMap(({ removes }) => removes),
  };
}
