import { AppError } from '../kernel/app-error.ts';
import { epochMs, type Clock, type DurationMs } from '../kernel/time.ts';
import type { DeadLetterDesk } from '../ports/dead-letter-desk.ts';
import type { Log } from '../ports/log.ts';
import type { PayloadRemoval } from '../ports/payloads.ts';

export interface PurgeOptions {
  readonly desk: Pick<DeadLetterDesk, 'expired' | 'show' | 'settle'>;
  readonly payloads: PayloadRemoval;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a dead letter keeps its payload. */
  readonly retention: DurationMs;
}

/** What one run purges at most; the next one goes on. */
const lettersPerRun = 2_000;

/**
 * Purges the payloads of dead letters that are older than the retention, and keeps everything else
 * of them. One that cannot be purged stops no other; returns how many were.
 *
 * This is the operational table alone. Rows of the Delta table `brz_event_dead_letter` keep inline
 * payloads until the files that hold them are rewritten; what the table calls purged is what that
 * has to find (`payloadPurgedAt`).
 * Errors: those of listing what has expired.
 */
export async function purgePayloads(options: PurgeOptions): Promise<number> {
  const { desk, clock, log, retention } = options;
  const before = epochMs(clock.now() - retention);
  let purged = 0;
  for (const id of await desk.expired(before, lettersPerRun)) {
    try {
      if (await purge(options, id)) purged += 1;
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'bug';
      log.error('The payload of a dead letter was not purged', { id, code, reason: String(error) });
    }
  }
  return purged;
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
