import { shardOf } from '../../shared/deadletter/keys.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import type { DeadLetterDesk, Settling } from '../../shared/ports/dead-letter-desk.ts';
import type { Caller } from '../http-actor.ts';
import { memberOf } from '../host-values.ts';
import type { Problem } from '../http-problem.ts';
import type { DeadLetterAccess } from './dead-letter-access.ts';
import { readSliceQuery } from './dead-letter-query.ts';
import { parseBody, readReason, readResponsible } from './dead-letter-reason.ts';

/** What became of one letter of a slice. */
interface SliceLetter {
  readonly id: string;
  /** `refused`: somebody else has settled it meanwhile. */
  readonly outcome: 'discarded' | 'refused' | 'missing';
}

/** What became of one slice of the letters that were asked for. */
export interface DiscardedSlice {
  readonly counts: Readonly<Record<SliceLetter['outcome'], number>>;
  readonly letters: readonly SliceLetter[];
  /** Asks for the next slice; null after the last. */
  readonly continuation: string | null;
}

export interface SliceRequest {
  readonly caller: Caller;
  readonly body: string;
}

interface SliceParts {
  readonly desk: DeadLetterDesk;
  readonly access: DeadLetterAccess;
}

/**
 * Discards the oldest open letters that a filter lets through, one slice of them. Whoever asks goes
 * on by asking again, and stops by not asking; what is discarded is not met a second time.
 */
export async function discardSlice(
  parts: SliceParts,
  { caller, body }: SliceRequest,
): Promise<Result<DiscardedSlice, Problem>> {
  const value = parseBody(body);
  const filter = memberOf(value, 'filter');
  const named = { filter: toShort(filter), why: readReason(value) ?? '' };
  const discarded = await discard(parts, caller, value);
  const outcome = discarded.ok
    ? `done: ${discarded.value.counts.discarded} discarded`
    : discarded.problem.code;
  parts.access.audit({ caller, verb: 'discard', ...named }, outcome);
  return discarded;
}

async function discard(
  { desk, access }: SliceParts,
  caller: Caller,
  body: unknown,
): Promise<Result<DiscardedSlice, Problem>> {
  const responsible = readResponsible(access, caller, body);
  if (!responsible.ok) return responsible;
  const query = readSliceQuery(memberOf(body, 'filter'), {
    size: memberOf(body, 'limit'),
    after: memberOf(body, 'continuation'),
  });
  if (!query.ok) return fail(query.problem);
  const { letters: listed, next = null } = await desk.list(query.value);
  const settling: Settling = { action: 'discard', ...responsible.value };
  const ids = listed.map(({ id }) => id);
  const letters = await forEachShard(ids, (id) => discardOne(desk, id, settling));
  return succeed({ counts: count(letters), letters, continuation: next });
}

async function discardOne(
  desk: DeadLetterDesk,
  id: string,
  settling: Settling,
): Promise<SliceLetter> {
  const { kind } = await desk.settle(id, settling);
  if (kind === 'settled') return { id, outcome: 'discarded' };
  return { id, outcome: kind === 'missing' ? 'missing' : 'refused' };
}

/** Letters of one shard are counted in the same row: one after the other, shards side by side. */
async function forEachShard<Value>(
  ids: readonly string[],
  work: (id: string) => Promise<Value>,
): Promise<readonly Value[]> {
  const done = new Map<string, Value>();
  await Promise.all(
    [...Map.groupBy(ids, shardOf).values()].map(async (same) => {
      for (const id of same) done.set(id, await work(id));
    }),
  );
  return ids.flatMap((id) => done.get(id) ?? []);
}

function count(letters: readonly SliceLetter[]): DiscardedSlice['counts'] {
  const of = (wanted: SliceLetter['outcome']): number =>
    letters.filter(({ outcome }) => outcome === wanted).length;
  return { discarded: of('discarded'), refused: of('refused'), missing: of('missing') };
}

function toShort(filter: unknown): string {
  return filter === undefined ? '' : JSON.stringify(filter).slice(0, 500);
}
