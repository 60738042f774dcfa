import type { TableAppend } from '../../../ports/delta.ts';
import { schemaMismatch } from '../delta-errors.ts';
import type { KnownLog } from '../log/table-log.ts';
import { writeCheckpoint } from '../log/write-checkpoint.ts';
import { appendProblem } from './check-append.ts';
import { commitBatch, type BatchContext, type Pending } from './commit-batch.ts';

/**
 * The one place in this process where a table grows. A table's log is serial: a commit takes a
 * round trip however many rows it has. So one commit is under way at a time, and appends that
 * arrive meanwhile join the next one.
 */
export class AppendLane {
  readonly #context: BatchContext;
  readonly #queue: Pending[] = [];
  #draining: Promise<void> | undefined;
  #checkpointing: Promise<void> | undefined;

  constructor(context: BatchContext) {
    this.#context = context;
  }

  /** As `DeltaTables.append`. */
  append(append: TableAppend): Promise<void> {
    const problem = appendProblem(append);
    if (problem !== undefined) {
      return Promise.reject(schemaMismatch(this.#context.source.table, problem));
    }
    return new Promise((land, fail) => {
      this.#queue.push({ append, land, fail });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when nothing is under way, background checkpoints included. */
  async idle(): Promise<void> {
    while (this.#draining !== undefined || this.#checkpointing !== undefined) {
      await Promise.all([this.#draining, this.#checkpointing]);
    }
  }

  async #drain(): Promise<void> {
    // Appends of the same turn belong into the same commit.
    await Promise.resolve();
    const { maxRowsPerCommit, checkpointInterval } = this.#context.source.options;
    while (this.#queue.length > 0) {
      const batch = takeBatch(this.#queue, maxRowsPerCommit);
      try {
        const done = await commitBatch(this.#context, batch);
        if (done !== undefined && done.version > 0 && done.version % checkpointInterval === 0) {
          this.#checkpointing ??= this.#checkpoint(done.known);
        }
      } catch (error) {
        for (const pending of batch) pending.fail(error);
      }
    }
    this.#draining = undefined;
  }

  /** In the background: a checkpoint makes reading cheaper, and nothing waits for it. */
  async #checkpoint(known: KnownLog): Promise<void> {
    const { source, log } = this.#context;
    try {
      log.noteCheckpoint(await writeCheckpoint(source, known));
    } catch (error) {
      source.log.warn('A checkpoint failed; the next one will serve', {
        table: source.table,
        version: known.head.version,
        error: String(error),
      });
    }
    this.#checkpointing = undefined;
  }
}

/** Takes appends off the queue until they have `maxRows` rows, and at least one. */
function takeBatch(queue: Pending[], maxRows: number): readonly Pending[] {
  let rows = 0;
  let count = 0;
  for (const { append } of queue) {
    if (count > 0 && rows + append.rows.length > maxRows) break;
    rows += append.rows.length;
    count += 1;
  }
  return queue.splice(0, count);
}
