import { orderKeyOf, parkedCode } from '../../kernel/order-key.ts';
import type { LetterFile, ListedLetter } from '../../ports/dead-letter-desk.ts';
import type { DeadLetterRecord } from '../../ports/dead-letters.ts';
import { placeKey } from '../keys.ts';
import {
  replayLetter,
  responsibleFor,
  type ReplayPorts,
  type ReplayWish,
} from './replay-letter.ts';
import { isSent, refusalOutcome, type Refusal, type ReplayOutcome } from './replay-outcome.ts';

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
  const follow = { ...responsibleFor(wish), isDryRun: wish.isDryRun };
  const outcomes: ReplayOutcome[] = [];
  for await (const letter of openLetters(ports.desk, key, placeKey(deadLetteredAt, id))) {
    if (letter.code !== parkedCode || outcomes.length === maxFollowers) break;
    const file = sent.has(letter.id) ? undefined : await showOpen(ports, letter.id);
    if (file === undefined) continue;
    const outcome = await replayLetter(ports, file, follow);
    outcomes.push(outcome);
    if (!isSent(outcome)) break;
    sent.add(letter.id);
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
  const own = placeKey(deadLetteredAt, id);
  for await (const letter of openLetters(desk, orderKeyOf(origin, sessionId))) {
    if (placeKey(letter.deadLetteredAt, letter.id) >= own) return false;
    if (sent.has(letter.id)) continue;
    if ((await showOpen({ desk }, letter.id)) !== undefined) return true;
  }
  return false;
}

/** A letter that is listed as open, if it is: lists may be behind. */
async function showOpen(
  { desk }: Pick<ReplayPorts, 'desk'>,
  id: string,
): Promise<LetterFile | undefined> {
  const file = await desk.show(id);
  return file?.resolution.state === 'open' ? file : undefined;
}

/** What is listed as open of a key, oldest first, from behind a place on. */
async function* openLetters(
  desk: ReplayPorts['desk'],
  key: string,
  from?: string,
): AsyncGenerator<ListedLetter> {
  let after = from;
  do {
    const place = after === undefined ? {} : { after };
    const page = await desk.list({ states: ['open'], key, size: pageSize, ...place });
    yield* page.letters;
    after = page.next;
  } while (after !== undefined);
}

const missing: Refusal = { code: 'replay.missing', detail: 'There is no such dead letter.' };

const blocked: Refusal = {
  code: 'replay.order',
  detail: 'An earlier letter of its key is still open: replay or discard that one, and it follows.',
};
