import { AppError } from '../../kernel/app-error.ts';
import { parkedCode } from '../../kernel/order-key.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { ListedLetter } from '../../ports/dead-letter-desk.ts';
import { replayInOrder } from './replay-in-order.ts';
import { responsibleFor, type ReplayPorts, type ReplayWish } from './replay-letter.ts';
import type { ReplayOutcome } from './replay-outcome.ts';
import { isSent } from './replay-outcome.ts';

/** What one run does at most; the next one goes on. */
const limits = { staged: 500, groups: 50, parked: 1_000 };

/** What a run of the timer came to. */
export interface Resumed {
  /** Replays that a crash or an outage had left half-done. */
  readonly resumed: number;
  /** Parked letters whose predecessors are settled. */
  readonly released: number;
}

/**
 * Goes on with replays that were staged before the instant, under the ids that they have, and
 * releases parked letters that nothing is before any more. One that cannot be sent stops no other.
 * Errors: as `DeadLetterDesk`.
 */
export async function resumeReplays(ports: ReplayPorts, before: EpochMs): Promise<Resumed> {
  const sent = new Set<string>();
  let resumed = 0;
  for (const id of await ports.book.staged(before, limits.staged)) {
    const intent = (await ports.desk.show(id))?.staged;
    if (intent === undefined) continue;
    const wish = { ...responsibleFor(intent), isDryRun: false };
    const outcomes = await attempt(ports, id, { wish, sent });
    if (outcomes.some((outcome) => outcome.id === id && isSent(outcome))) resumed += 1;
  }
  let released = 0;
  for (const { id } of await findParked(ports, before)) {
    if (sent.has(id)) continue;
    const wish = { by: 'order of its key', why: 'what came before it is settled', isDryRun: false };
    released += (await attempt(ports, id, { wish, sent })).filter(isSent).length;
  }
  return { resumed, released };
}

async function attempt(
  ports: ReplayPorts,
  id: string,
  how: { readonly wish: ReplayWish; readonly sent: Set<string> },
): Promise<readonly ReplayOutcome[]> {
  try {
    return await replayInOrder(ports, id, how);
  } catch (error) {
    const code = error instanceof AppError ? error.code : 'bug';
    ports.log.error('A replay was not gone on with', { id, code, reason: String(error) });
    return [];
  }
}

/** The oldest parked letter of each key. Tallies say whether there are any. */
async function findParked(
  { desk }: ReplayPorts,
  before: EpochMs,
): Promise<readonly ListedLetter[]> {
  const tallies = await desk.tallies();
  const groups = tallies
    .filter(({ code, counts }) => code === parkedCode && counts.open > 0)
    .map(({ failureGroup }) => failureGroup);
  const oldest = new Map<string, ListedLetter>();
  for (const group of [...new Set(groups)].slice(0, limits.groups)) {
    const query = { states: ['open'], group, before, size: limits.parked } as const;
    for (const letter of (await desk.list(query)).letters) {
      const known = oldest.get(letter.key ?? letter.id);
      const isOlder = known === undefined || letter.deadLetteredAt < known.deadLetteredAt;
      if (isOlder) oldest.set(letter.key ?? letter.id, letter);
    }
  }
  return [...oldest.values()];
}
