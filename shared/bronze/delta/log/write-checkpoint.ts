import { setImmediate as nextTurn } from 'node:timers/promises';
import { checkpointActions } from '../checkpoint-actions.ts';
import { buildCheckpoint, type CheckpointAction } from '../codec/checkpoint-file.ts';
import { formatLastCheckpoint, type LastCheckpoint } from '../codec/last-checkpoint.ts';
import { checkpointName, lastCheckpointName } from '../codec/log-names.ts';
import { corruptLog } from '../delta-errors.ts';
import { retentionFor } from '../retention.ts';
import { replayFiles, type TableFiles } from '../table-files.ts';
import type { TableHead } from '../table-head.ts';
import { openFiles } from './open-files.ts';
import { loadCheckpoint, readHint } from './read-checkpoint.ts';
import type { KnownLog } from './table-log.ts';
import type { TableSource } from './table-source.ts';

/** The part of a known log that a checkpoint is made of. */
export type CheckpointBase = Pick<KnownLog, 'head' | 'checkpoint' | 'tail'>;

/** Rows encoded between two turns of the event loop: some 50 ms of work. */
const groupRows = 4_000;

/**
 * Writes a checkpoint of `known`, or of a newer version when the commits since the last one are no
 * longer at hand. Several writers may do this at once: every outcome is a right one.
 * Errors: those of reading the log.
 */
export async function writeCheckpoint(
  source: TableSource,
  known: CheckpointBase,
): Promise<LastCheckpoint> {
  const { head, files } = await collectFiles(source, known);
  const { definition, txns, version, table } = head;
  if (definition === undefined) throw corruptLog('nothing to checkpoint', { table });
  const actions = checkpointActions(
    { definition, txns, files },
    {
      now: source.clock.now(),
      fileRetention: retentionFor(
        definition.metaData.configuration,
        'files',
        source.options.fileRetention,
      ),
      txnRetention: source.options.txnRetention,
    },
  );
  const bytes = await encode(actions);
  await source.store.put(source.root + checkpointName(version), bytes);
  await pointTo(source, {
    version,
    actions: actions.length,
    sizeBytes: bytes.byteLength,
    files: files.live.size,
  });
  return { version, parts: 1 };
}

async function collectFiles(
  source: TableSource,
  { head, checkpoint, tail }: CheckpointBase,
): Promise<{ readonly head: TableHead; readonly files: TableFiles }> {
  if (tail.length === head.version - (checkpoint?.version ?? -1)) {
    if (checkpoint === undefined) return { head, files: replayFiles(tail) };
    const base = await loadCheckpoint(source, checkpoint, true);
    if (base !== undefined) return { head, files: replayFiles([base, ...tail]) };
  }
  return openFiles(source);
}

async function encode(actions: readonly CheckpointAction[]): Promise<Uint8Array> {
  const builder = buildCheckpoint();
  for (let start = 0; start < actions.length; start += groupRows) {
    builder.addActions(actions.slice(start, start + groupRows));
    await nextTurn();
  }
  return builder.finish();
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
