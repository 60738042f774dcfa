import type { LetterQuery, ListedLetter } from '../../ports/dead-letter-desk.ts';
import { placeKey } from '../keys.ts';
import { cutGroup, cutText } from '../letter-row-codec.ts';
import { chunk, forEachLimited } from '../table-requests.ts';
import { replayInOrder } from './replay-in-order.ts';
import type { ReplayPorts, ReplayWish } from './replay-letter.ts';
import { isSent, type ReplayOutcome } from './replay-outcome.ts';

/** Which letters, and how far the slices before have come. */
export interface SliceQuery extends Omit<LetterQuery, 'states' | 'size'> {
  readonly limit: number;
}

export interface ReplaySlice {
  readonly outcomes: readonly ReplayOutcome[];
  readonly counts: { readonly replayed: number; readonly skipped: number; readonly failed: number };
  /** For the next slice; undefined after the last one. */
  readonly next: string | undefined;
  /** Open letters that match; undefined where they cannot be counted without a scan. */
  readonly remaining: number | undefined;
}

/** After so many letters it is asked whether dependencies still answer. */
const chunkSize = 24;

/**
 * Replays the oldest open letters that match, those of one key one after the other. It ends early
 * when a dependency does not answer. Asking again is harmless: what was replayed is no longer open.
 * Errors: as `replayLetter`.
 */
export async function replaySlice(
  ports: ReplayPorts,
  { limit, ...query }: SliceQuery,
  wish: ReplayWish,
): Promise<ReplaySlice> {
  const page = await ports.desk.list({ ...query, states: ['open'], size: limit });
  const outcomes: ReplayOutcome[] = [];
  const sent = new Set<string>();
  let last: ListedLetter | undefined;
  for (const letters of chunk(page.letters, chunkSize)) {
    outcomes.push(...(await replayChunk(ports, letters, { wish, sent })));
    last = letters.at(-1);
    if (outcomes.some(({ outcome }) => outcome === 'failed')) break;
  }
  const isCut = last !== undefined && last.id !== page.letters.at(-1)?.id;
  const next = isCut && last !== undefined ? placeKey(last.deadLetteredAt, last.id) : page.next;
  const remaining = await countOpen(ports, query);
  return { outcomes, counts: countOutcomes(outcomes), next, remaining };
}

export function countOutcomes(outcomes: readonly ReplayOutcome[]): ReplaySlice['counts'] {
  const replayed = outcomes.filter(isSent).length;
  const failed = outcomes.filter(({ outcome }) => outcome === 'failed').length;
  return { replayed, failed, skipped: outcomes.length - replayed - failed };
}

async function replayChunk(
  ports: ReplayPorts,
  letters: readonly ListedLetter[],
  { wish, sent }: { readonly wish: ReplayWish; readonly sent: Set<string> },
): Promise<readonly ReplayOutcome[]> {
  const lanes = [...Map.groupBy(letters, ({ key, id }) => key ?? id).values()];
  const found = new Map<readonly ListedLetter[], readonly ReplayOutcome[]>();
  await forEachLimited(lanes, async (lane) => {
    const outcomes: ReplayOutcome[] = [];
    for (const { id } of lane) {
      // It has followed an earlier one.
      if (sent.has(id)) continue;
      outcomes.push(...(await replayInOrder(ports, id, { wish, sent })));
    }
    found.set(lane, outcomes);
  });
  return lanes.flatMap((lane) => found.get(lane) ?? []);
}

async function countOpen(
  { desk }: ReplayPorts,
  { type, group, origin, category, key, from, before }: Omit<SliceQuery, 'limit'>,
): Promise<number | undefined> {
  if (key !== undefined || from !== undefined || before !== undefined) return undefined;
  const wanted = {
    type: type === undefined ? undefined : cutText(type),
    origin: origin === undefined ? undefined : cutText(origin),
    failureGroup: group === undefined ? undefined : cutGroup(group),
    category,
  };
  const isWanted = (name: keyof typeof wanted, value: string): boolean =>
    wanted[name] === undefined || wanted[name] === value;
  return (await desk.tallies())
    .filter((tally) => isWanted('type', tally.type) && isWanted('origin', tally.origin))
    .filter((tally) => isWanted('failureGroup', tally.failureGroup))
    .filter((tally) => isWanted('category', tally.category))
    .reduce((sum, { counts }) => sum + counts.open, 0);
}
