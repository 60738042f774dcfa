import { readCheckpoint, type CheckpointContent } from '../codec/checkpoint-file.ts';
import type { LastCheckpoint } from '../codec/last-checkpoint.ts';
import { parseLastCheckpoint } from '../codec/last-checkpoint.ts';
import { checkpointNames, lastCheckpointName } from '../codec/log-names.ts';
import type { TableSource } from './table-source.ts';

/** The hint to the newest checkpoint; undefined when there is none that can be read. */
export async function readHint({ store, root }: TableSource): Promise<LastCheckpoint | undefined> {
  const hint = await store.get(root + lastCheckpointName);
  return hint.found ? parseLastCheckpoint(Buffer.from(hint.bytes).toString('utf8')) : undefined;
}

/**
 * All parts of a checkpoint, or undefined when one is missing.
 * Errors: `delta.corrupt_log`.
 */
export async function loadCheckpoint(
  { store, root }: TableSource,
  { version, parts }: LastCheckpoint,
  withFiles: boolean,
): Promise<CheckpointContent | undefined> {
  const names = checkpointNames(version, parts);
  const files = await Promise.all(names.map((name) => store.get(root + name)));
  const contents: CheckpointContent[] = [];
  for (const [index, file] of files.entries()) {
    if (!file.found) return undefined;
    contents.push(await readCheckpoint(file.bytes, { name: names[index] ?? '', withFiles }));
  }
  return mergeParts(contents);
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
