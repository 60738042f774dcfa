import { orderKeyOf } from '../../kernel/order-key.ts';
import type { LetterFile } from '../../ports/dead-letter-desk.ts';
import type { DeadLetterRecord } from '../../ports/dead-letters.ts';
import { placeKey } from '../keys.ts';
import { replayLetter, type ReplayPorts, type ReplayWish } from './replay-letter.ts';
import { isSent, refusalOutcome, type Refusal, type ReplayOutcome } from './replay-outcome.ts';

/** The code of a letter that did not fail: an earlier one of its key was dead when it came. */
export const parkedCode = 'order.blocked';

/** How many followers one replay takes along; what is left follows the next one, or the timer. */
const maxFollowers = 200;
const pageSize = 50;

/**
 * Replays a letter and, oldest first, the parked ones behind it, each after the one before it was
 * sent: the session that they share keeps that order. A parked one whose predecessor is still open
 * is refused. `sent` holds what was sent by this call and those before it, or would have been.
 * Errors: as `replayLetter`.
 */
export async function replayInOrder(
  ports: ReplayPorts,
  id: string,
  { wish, sent }: { readonly wish: ReplayWish; readonly sent: Set<string> },
): Promise<readonly ReplayOutcome[]> {
  const file = await ports.desk.show(id);
  if (file === undefined) return [refusalOutcome(id, missing, wish.isDryRun)];
  const isBlocked = file.staged === undefined && (await hasOpenPredecessor(ports, file, sent));
  if (isBlocked) return [refusalOutcome(id, blocked, wish.isDryRun)];
  const outcome = await replayLetter(ports, file, wish);
  if (!isSent(outcome)) return [outcome];
  sent.add(id);
  return [outcome, ...(await replayFollowers(ports, file.record, { wish, sent }))];
}

/** Replays what was parked behind a letter that is settled by now, whatever settled it. */
export async function replayFollowers(
  ports: ReplayPorts,
  { id, origin, sessionId, deadLetteredAt }: DeadLetterRecord,
  { wish, sent }: { readonly wish: ReplayWish; readonly sent: Set<string> },
): Promise<readonly ReplayOutcome[]> {
  if (sessionId === null) return [];
  const key = orderKeyOf(origin, sessionId);
  const { by, why, isDryRun } = wish;
  const outcomes: ReplayOutcome[] = [];
  let after: string | undefined = placeKey(deadLetteredAt, id);
  while (after !== undefined && outcomes.length < maxFollowers) {
    const page = await ports.desk.list({ states: ['open'], key, size: pageSize, after });
    after = page.next;
    for (const letter of page.letters) {
      if (letter.code !== parkedCode) return outcomes;
      const file = await ports.desk.show(letter.id);
      // The list may be behind.
      if (file?.resolution.state !== 'open' || sent.has(letter.id)) continue;
      const outcome = await replayLetter(ports, file, { by, why, isDryRun });
      outcomes.push(outcome);
      if (!isSent(outcome)) return outcomes;
      sent.add(letter.id);
    }
  }
  return outcomes;
}

async function hasOpenPredecessor(
  { desk }: ReplayPorts,
  { record }: LetterFile,
  sent: ReadonlySet<string>,
): Promise<boolean> {
  const { id, code, origin, sessionId, deadLetteredAt } = record;
  if (code !== parkedCode || sessionId === null) return false;
  const key = orderKeyOf(origin, sessionId);
  const own = placeKey(deadLetteredAt, id);
  let after: string | undefined;
  do {
    const page = await desk.list({
      ...{ states: ['open'], key, size: pageSize },
      ...(after !== undefined && { after }),
    });
    for (const letter of page.letters) {
      if (placeKey(letter.deadLetteredAt, letter.id) >= own) return false;
      if (sent.has(letter.id)) continue;
      // The list may be behind.
      if ((await desk.show(letter.id))?.resolution.state === 'open') return true;
    }
    after = page.next;
  } while (after !== undefined);
  return false;
}

const missing: Refusal = { code: 'replay.missing', detail: 'There is no such dead letter.' };

const blocked: Refusal = {
  code: 'replay.order',
  detail: 'An earlier letter of its key is still open: replay or discard that one, and it follows.',
};
