import { shardOf } from '../../shared/deadletter/keys.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import type { DeadLetterDesk, LetterState, Settling } from '../../shared/ports/dead-letter-desk.ts';
import type { Caller } from '../http-actor.ts';
import { memberOf } from '../host-values.ts';
import type { Problem } from '../http-problem.ts';
import type { DeadLetterAccess } from './dead-letter-access.ts';
import { unsettled } from './dead-letter-problems.ts';
import { readSliceQuery } from './dead-letter-query.ts';
import { parseBody, readReason, readResponsible, type Responsible } from './dead-letter-reason.ts';

/** What became of one letter of a slice. */
interface SliceOutcome {
  readonly id: string;
  /** `skipped`: somebody else has settled it meanwhile; `code` and `detail` say how it is. */
  readonly outcome: 'settled' | 'skipped';
  readonly code?: string;
  readonly detail?: string;
}

/** What became of one slice of the letters that were asked for. */
export interface SettledSlice {
  readonly settled: number;
  readonly skipped: number;
  /** Oldest first. */
  readonly outcomes: readonly SliceOutcome[];
  /** Asks for the next slice; null after the last. */
  readonly continuation: string | null;
}

/** A decision about all letters that a filter lets through. */
export interface SliceRequest {
  readonly verb: 'discard' | 'restore';
  readonly caller: Caller;
  readonly body: string;
}

/** Replays what was parked behind a letter that is discarded; never throws. */
export type ReleaseBehind = (
  id: string,
  decision: { readonly by: string; readonly why: string },
) => Promise<void>;

interface SliceParts {
  readonly desk: DeadLetterDesk;
  readonly access: DeadLetterAccess;
  readonly releaseBehind: ReleaseBehind;
}

/** Which letters a decision can be about. */
const stateBefore: Readonly<Record<SliceRequest['verb'], LetterState>> = {
  discard: 'open',
  restore: 'discarded',
};

/**
 * Discards or restores the oldest letters that a filter lets through, one slice of them. Whoever
 * asks goes on by asking again, and stops by not asking; what is settled is not met a second time.
 */
export async function settleSlice(
  parts: SliceParts,
  request: SliceRequest,
): Promise<Result<SettledSlice, Problem>> {
  const { caller, verb } = request;
  const body = parseBody(request.body);
  const filter = toShort(memberOf(body, 'filter'));
  const slice = await settleMany(parts, request, body);
  const outcome = slice.ok ? `done: ${slice.value.settled}` : slice.problem.code;
  parts.access.audit({ caller, verb, filter, why: readReason(body) ?? '' }, outcome);
  return slice;
}

async function settleMany(
  { desk, access, releaseBehind }: SliceParts,
  { caller, verb }: SliceRequest,
  body: unknown,
): Promise<Result<SettledSlice, Problem>> {
  const responsible = readResponsible(access, caller, body);
  if (!responsible.ok) return responsible;
  const query = readSliceQuery(memberOf(body, 'filter'), {
    size: memberOf(body, 'limit'),
    after: memberOf(body, 'continuation'),
  });
  if (!query.ok) return fail(query.problem);
  const page = await desk.list({ ...query.value, states: [stateBefore[verb]] });
  const settleOne = settlerOf(desk, verb, responsible.value);
  const ids = page.letters.map(({ id }) => id);
  const outcomes = await forEachShard(ids, settleOne);
  if (verb === 'discard') {
    // After all of them: a letter of the slice must not be released behind another one.
    for (const { id, outcome } of outcomes) {
      if (outcome === 'settled') await releaseBehind(id, responsible.value);
    }
  }
  const settled = outcomes.filter(({ outcome }) => outcome === 'settled').length;
  const skipped = outcomes.length - settled;
  return succeed({ settled, skipped, outcomes, continuation: page.next ?? null });
}

function settlerOf(
  desk: DeadLetterDesk,
  action: SliceRequest['verb'],
  responsible: Responsible,
): (id: string) => Promise<SliceOutcome> {
  const settling: Settling = { action, ...responsible };
  return async (id) => {
    const outcome = await desk.settle(id, settling);
    if (outcome.kind === 'settled') return { id, outcome: 'settled' };
    const { code, detail } = unsettled(id, action, outcome);
    return { id, outcome: 'skipped', code, detail };
  };
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

/** A filter as the audit shows it. */
export function toShort(filter: unknown): string {
  return filter === undefined ? '' : JSON.stringify(filter).slice(0, 500);
}
