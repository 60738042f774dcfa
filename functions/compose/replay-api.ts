import { replayInOrder } from '../../shared/deadletter/replay/replay-in-order.ts';
import type { ReplayPorts, ReplayWish } from '../../shared/deadletter/replay/replay-letter.ts';
import type { ReplayOutcome } from '../../shared/deadletter/replay/replay-outcome.ts';
import {
  countOutcomes,
  replaySlice,
  type ReplaySlice,
} from '../../shared/deadletter/replay/replay-slice.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Problem } from '../http-problem.ts';
import { changed, nobody, notFound } from './dead-letter-problems.ts';
import { readReplayRequest, readSliceRequest } from './replay-request.ts';

/** A request to replay, as it came. */
export interface AskedReplay {
  readonly actor: string | undefined;
  readonly body: string;
}

/** What became of each letter, as JSON shows it. */
export interface ShownReplay {
  readonly dryRun: boolean;
  readonly replayed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly outcomes: readonly ReplayOutcome[];
  readonly continuation: string | null;
  readonly remaining?: number;
}

/** What the HTTP functions of replays do. Each throws when the storage is down. */
export interface ReplayApi {
  readonly slice: (asked: AskedReplay) => Promise<Result<ShownReplay, Problem>>;
  readonly one: (
    id: string,
    asked: AskedReplay & { readonly ifMatch: string | undefined },
  ) => Promise<Result<ShownReplay, Problem>>;
}

export function createReplayApi(ports: ReplayPorts, log: Log): ReplayApi {
  return {
    slice: async ({ actor, body }) => {
      if (actor === undefined) return fail(nobody);
      const request = readSliceRequest(body);
      if (!request.ok) return request;
      const { why, isDryRun, query } = request.value;
      const slice = await replaySlice(ports, query, { by: actor, why, isDryRun });
      log.info('Audit: a replay of dead letters', { actor, why, isDryRun, ...slice.counts });
      return succeed(toShown(slice, isDryRun));
    },
    one: async (id, { actor, body, ifMatch }) => {
      if (actor === undefined) return fail(nobody);
      const request = readReplayRequest(body);
      if (!request.ok) return request;
      const { why, isDryRun, patch } = request.value;
      const wish: ReplayWish = {
        ...{ by: actor, why, isDryRun },
        ...(patch !== undefined && { patch }),
        ...(ifMatch !== undefined && { etag: ifMatch }),
      };
      const outcomes = await replayInOrder(ports, id, { wish, sent: new Set() });
      const code = outcomes[0]?.code;
      if (code === 'replay.missing') return fail(notFound(id));
      if (code === 'replay.changed' && ifMatch !== undefined) return fail(changed);
      const counts = countOutcomes(outcomes);
      log.info('Audit: a replay of a dead letter', { id, actor, why, isDryRun, ...counts });
      return succeed(
        toShown({ outcomes, counts, next: undefined, remaining: undefined }, isDryRun),
      );
    },
  };
}

function toShown({ outcomes, counts, next, remaining }: ReplaySlice, dryRun: boolean): ShownReplay {
  return {
    dryRun,
    ...counts,
    outcomes,
    continuation: next ?? null,
    ...(remaining !== undefined && { remaining }),
  };
}
