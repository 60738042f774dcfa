import { replayInOrder } from '../../shared/deadletter/replay/replay-in-order.ts';
import type { ReplayPorts, ReplayWish } from '../../shared/deadletter/replay/replay-letter.ts';
import type { ReplayOutcome } from '../../shared/deadletter/replay/replay-outcome.ts';
import {
  countOutcomes,
  replaySlice,
  type ReplaySlice,
} from '../../shared/deadletter/replay/replay-slice.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Log } from '../../shared/ports/log.ts';
import { memberOf } from '../host-values.ts';
import type { Caller } from '../http-actor.ts';
import type { Problem } from '../http-problem.ts';
import { createDeadLetterAccess, type DeadLetterAccess } from './dead-letter-access.ts';
import { changed, notFound } from './dead-letter-problems.ts';
import { parseBody, readReason, readResponsible } from './dead-letter-reason.ts';
import { toShort } from './dead-letter-slices.ts';
import { readReplayRequest, readSliceRequest } from './replay-request.ts';

/** A request to replay, as it came. */
interface AskedReplay {
  readonly caller: Caller;
  readonly body: string;
}

interface AskedOne extends AskedReplay {
  readonly id: string;
  readonly ifMatch: string | undefined;
}

/** What became of each letter, as JSON shows it. */
interface ShownReplay {
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
  readonly one: (id: string, asked: Omit<AskedOne, 'id'>) => Promise<Result<ShownReplay, Problem>>;
}

/** The API under the roles of a configuration. */
export function composeReplayApi(
  { deadLetters: { roles } }: Config,
  { ports, log }: { readonly ports: ReplayPorts; readonly log: Log },
): ReplayApi {
  return createReplayApi(ports, createDeadLetterAccess({ roles, log }));
}

function createReplayApi(ports: ReplayPorts, access: DeadLetterAccess): ReplayApi {
  return {
    slice: async (asked) => {
      const shown = await replayMany(ports, access, asked);
      auditReplay(access, asked, shown);
      return shown;
    },
    one: async (id, asked) => {
      const shown = await replayOne(ports, access, { ...asked, id });
      auditReplay(access, { ...asked, id }, shown);
      return shown;
    },
  };
}

function auditReplay(
  { audit }: DeadLetterAccess,
  { caller, body, id }: AskedReplay & { readonly id?: string },
  shown: Result<ShownReplay, Problem>,
): void {
  const asked = parseBody(body);
  const filter = memberOf(asked, 'filter');
  const what = id === undefined ? { filter: toShort(filter) } : { id };
  audit({ caller, verb: 'replay', ...what, why: readReason(asked) ?? '' }, outcomeOf(shown));
}

function outcomeOf(shown: Result<ShownReplay, Problem>): string {
  if (!shown.ok) return shown.problem.code;
  const { dryRun, replayed, skipped, failed } = shown.value;
  return `${dryRun ? 'rehearsed' : 'done'}: ${replayed}, skipped: ${skipped}, failed: ${failed}`;
}

async function replayMany(
  ports: ReplayPorts,
  access: DeadLetterAccess,
  { caller, body }: AskedReplay,
): Promise<Result<ShownReplay, Problem>> {
  const responsible = readResponsible(access, caller, parseBody(body));
  if (!responsible.ok) return responsible;
  const request = readSliceRequest(body);
  if (!request.ok) return request;
  const { isDryRun, query } = request.value;
  const wish = { ...responsible.value, isDryRun };
  return succeed(toShown(await replaySlice(ports, query, wish), isDryRun));
}

async function replayOne(
  ports: ReplayPorts,
  access: DeadLetterAccess,
  { id, caller, body, ifMatch }: AskedOne,
): Promise<Result<ShownReplay, Problem>> {
  const responsible = readResponsible(access, caller, parseBody(body));
  if (!responsible.ok) return responsible;
  const request = readReplayRequest(body);
  if (!request.ok) return request;
  const { isDryRun, patch } = request.value;
  const wish: ReplayWish = {
    ...responsible.value,
    ...{ isDryRun, ...given({ patch, etag: ifMatch }) },
  };
  const outcomes = await replayInOrder(ports, id, { wish, sent: new Set() });
  const code = outcomes[0]?.code;
  if (code === 'replay.missing') return fail(notFound(id));
  if (code === 'replay.changed' && ifMatch !== undefined) return fail(changed);
  const counts = countOutcomes(outcomes);
  return succeed(toShown({ outcomes, counts, next: undefined, remaining: undefined }, isDryRun));
}

/** Without what was not given. */
function given({ patch, etag }: { patch: string | undefined; etag: string | undefined }) {
  return { ...(patch !== undefined && { patch }), ...(etag !== undefined && { etag }) };
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
