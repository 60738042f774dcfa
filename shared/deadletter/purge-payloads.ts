import { AppError } from '../kernel/app-error.ts';
import { addDuration, epochMs, isBefore, type Clock, type DurationMs } from '../kernel/time.ts';
import type { DeadLetterDesk, ExpiredLetter } from '../ports/dead-letter-desk.ts';
import type { LakePayloads } from '../ports/lake-payloads.ts';
import type { Log } from '../ports/log.ts';
import type { PayloadRemoval } from '../ports/payloads.ts';

export interface PurgeOptions {
  readonly desk: Pick<DeadLetterDesk, 'expired' | 'show' | 'settle'>;
  readonly payloads: PayloadRemoval;
  readonly lake: LakePayloads;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a dead letter keeps its payload. */
  readonly retention: DurationMs;
  /** How long after its recording a dead letter may still come into the analysis table. */
  readonly landing: DurationMs;
  /** No batch is begun when a run has taken this long. */
  readonly runTime: DurationMs;
}

/** Letters that are purged together: each file of the analysis table is rewritten once for them. */
const lettersPerBatch = 2_000;

/**
 * Purges the payloads of dead letters that are older than the retention, and keeps everything else
 * of them: first in the analysis table, then the blob, and the operational row last, because it is
 * the row that makes the next run take up again whatever a crash leaves. A letter that is not in
 * the analysis table yet waits for it, as long as it may still come there. One that cannot be purged
 * stops no other; returns how many were.
 * Errors: those of listing what has expired, and of the analysis table.
 */
export async function purgePayloads(options: PurgeOptions): Promise<number> {
  const { desk, lake, clock, log, retention, runTime } = options;
  const start = clock.now();
  const before = epochMs(start - retention);
  let purged = 0;
  for (let after: ExpiredLetter | undefined; ;) {
    const place = after === undefined ? {} : { after };
    const letters = await desk.expired({ before, limit: lettersPerBatch, ...place });
    after = letters.at(-1);
    if (after === undefined) break;
    const batch = await purgeBatch(options, letters);
    purged += batch;
    log.info('Purged payloads of dead letters', { letters: letters.length, purged: batch });
    if (letters.length < lettersPerBatch || isBefore(addDuration(start, runTime), clock.now()))
      break;
  }
  const filesDeleted = await lake.sweep(before);
  if (filesDeleted > 0) log.info('Deleted what was left of purged payloads', { filesDeleted });
  return purged;
}

async function purgeBatch(
  options: PurgeOptions,
  letters: readonly ExpiredLetter[],
): Promise<number> {
  const { lake, log, clock, retention, landing } = options;
  const { erased, unreadable } = await lake.erase(letters);
  if (unreadable.size > 0) {
    log.error('Payloads are in files of the analysis table that cannot be rewritten', {
      letters: unreadable.size,
    });
  }
  const lostBefore = epochMs(clock.now() - retention - landing);
  const isGone = ({ id, deadLetteredAt }: ExpiredLetter): boolean =>
    erased.has(id) || (!unreadable.has(id) && isBefore(deadLetteredAt, lostBefore));
  const gone = letters.filter(isGone);
  const waiting = letters.length - gone.length;
  if (waiting > 0) log.warn('Payloads wait for their rows in the analysis table', { waiting });
  let purged = 0;
  for (const { id } of gone) if (await purgeOne(options, id)) purged += 1;
  return purged;
}

async function purgeOne(options: PurgeOptions, id: string): Promise<boolean> {
  try {
    return await purge(options, id);
  } catch (error) {
    const code = error instanceof AppError ? error.code : 'bug';
    const reason = String(error);
    options.log.error('The payload of a dead letter was not purged', { id, code, reason });
    return false;
  }
}

async function purge(options: PurgeOptions, id: string): Promise<boolean> {
  const { desk, retention } = options;
  const file = await desk.show(id);
  const payload = file?.record.payload;
  if (payload?.encoding === 'blob') await removeBlob(options, id, payload.content);
  const days = Math.round(retention / 86_400_000);
  const why = `older than ${days} days`;
  const outcome = await desk.settle(id, { action: 'purge', by: 'retention', why });
  return outcome.kind === 'settled';
}

/** A reference that is none of ours names no blob of ours: there is nothing to remove. */
async function removeBlob(
  { payloads, log }: PurgeOptions,
  id: string,
  reference: string,
): Promise<void> {
  try {
    await payloads.remove(reference);
  } catch (error) {
    if (!(error instanceof AppError) || error.kind === 'transient') throw error;
    log.error('The payload of a dead letter is no blob of ours', { id, code: error.code });
  }
}
