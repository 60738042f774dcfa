import type { Config } from '../../shared/config/config.ts';
import { groupTallies, totalTallies, type Totals } from '../../shared/deadletter/failure-groups.ts';
import {
  toShownBacklog,
  toShownFile,
  toShownGroup,
  toShownLetter,
} from '../../shared/deadletter/shown-letter.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import type { DeadLetterDesk } from '../../shared/ports/dead-letter-desk.ts';
import type { DeadLetterMetrics } from '../../shared/ports/dead-letter-metrics.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Caller } from '../http-actor.ts';
import type { Problem } from '../http-problem.ts';
import { createDeadLetterAccess, type DeadLetterAccess } from './dead-letter-access.ts';
import { openExport, type Export } from './dead-letter-export.ts';
import { notFound, unsettled } from './dead-letter-problems.ts';
import { readLetterQuery, type QueryTexts } from './dead-letter-query.ts';
import { parseBody, readReason, readResponsible } from './dead-letter-reason.ts';
import {
  settleSlice,
  type ReleaseBehind,
  type SettledSlice,
  type SliceRequest,
} from './dead-letter-slices.ts';

/** A decision about one dead letter, as it was asked for. */
interface DecisionRequest {
  readonly id: string;
  readonly verb: 'discard' | 'restore' | 'note';
  readonly caller: Caller;
  readonly body: string;
  readonly ifMatch: string | undefined;
}

/** A letter, and its version for `If-Match`. */
export interface ShownFile {
  readonly file: ReturnType<typeof toShownFile>;
  readonly etag: string;
}

interface Page {
  readonly deadLetters: readonly ReturnType<typeof toShownLetter>[];
  readonly continuation: string | null;
}

interface Groups {
  readonly groups: readonly ReturnType<typeof toShownGroup>[];
  /** Of all groups, those that are not shown as well. */
  readonly totals: Totals;
  /** What brokers hold and nobody has taken in yet; null before it was first measured. */
  readonly backlog: ReturnType<typeof toShownBacklog> | null;
}

/** What the HTTP functions around dead letters do. Each throws when the storage is down. */
export interface DeadLetterApi {
  readonly list: (caller: Caller, texts: QueryTexts) => Promise<Result<Page, Problem>>;
  readonly show: (caller: Caller, id: string) => Promise<Result<ShownFile, Problem>>;
  readonly groups: (caller: Caller) => Promise<Result<Groups, Problem>>;
  readonly export: (caller: Caller, texts: QueryTexts) => Promise<Result<Export, Problem>>;
  readonly decide: (request: DecisionRequest) => Promise<Result<ShownFile, Problem>>;
  readonly settleSlice: (request: SliceRequest) => Promise<Result<SettledSlice, Problem>>;
}

export interface DeadLetterApiParts {
  readonly desk: DeadLetterDesk;
  readonly metrics: Pick<DeadLetterMetrics, 'backlog'>;
  readonly access: DeadLetterAccess;
  /** Replays what was parked behind a letter that is discarded. */
  readonly releaseBehind: ReleaseBehind;
}

/** The API under the roles of a configuration. */
export function composeDeadLetterApi(
  { deadLetters: { roles } }: Config,
  { log, ...parts }: Omit<DeadLetterApiParts, 'access'> & { readonly log: Log },
): DeadLetterApi {
  return createDeadLetterApi({ ...parts, access: createDeadLetterAccess({ roles, log }) });
}

export function createDeadLetterApi(parts: DeadLetterApiParts): DeadLetterApi {
  const { desk, metrics, access } = parts;
  /** Reads for a caller who may; the attempt of another one is audited. */
  const reading = async <Value>(
    caller: Caller,
    verb: string,
    read: () => Promise<Result<Value, Problem>>,
  ): Promise<Result<Value, Problem>> => {
    const refusal = access.refuse(caller, 'read');
    if (refusal === undefined) return await read();
    access.audit({ caller, verb }, refusal.code);
    return fail(refusal);
  };
  return {
    show: (caller, id) => reading(caller, 'show', () => show(desk, id)),
    list: (caller, texts) => reading(caller, 'list', () => list(desk, texts)),
    groups: (caller) =>
      reading(caller, 'groups', async () => {
        const [tallies, backlog] = await Promise.all([desk.tallies(), metrics.backlog()]);
        const groups = groupTallies(tallies).slice(0, maxGroups).map(toShownGroup);
        const totals = totalTallies(tallies);
        const shown = backlog === undefined ? null : toShownBacklog(backlog);
        return succeed({ groups, totals, backlog: shown });
      }),
    export: (caller, texts) =>
      reading(caller, 'export', async () => {
        const opened = await openExport(desk, texts);
        const filter = [...texts.entries()].map(([name, value]) => `${name}=${value}`).join('&');
        const attempt = { caller, verb: 'export', filter: filter.slice(0, 500) };
        access.audit(attempt, opened.ok ? 'begun' : opened.problem.code);
        return opened;
      }),
    decide: async (request) => {
      const { id, verb, caller } = request;
      const body = parseBody(request.body);
      const problem = await decide(parts, request, body);
      const attempt = { id, verb, caller, why: readReason(body) ?? '' };
      access.audit(attempt, problem?.code ?? 'done');
      return problem === undefined ? await show(desk, id) : fail(problem);
    },
    settleSlice: (request) => settleSlice(parts, request),
  };
}

/** Producers choose types, so there may be any number of groups; the largest come first. */
const maxGroups = 1_000;

async function show(desk: DeadLetterDesk, id: string): Promise<Result<ShownFile, Problem>> {
  const file = await desk.show(id);
  return file === undefined
    ? fail(notFound(id))
    : succeed({ file: toShownFile(file), etag: file.etag });
}

async function list(desk: DeadLetterDesk, texts: QueryTexts): Promise<Result<Page, Problem>> {
  const query = readLetterQuery(texts);
  if (!query.ok) return query;
  const { letters, next = null } = await desk.list(query.value);
  return succeed({ deadLetters: letters.map(toShownLetter), continuation: next });
}

/** Why nothing was decided; undefined when it was. */
async function decide(
  { desk, access, releaseBehind }: DeadLetterApiParts,
  { id, verb, caller, ifMatch }: DecisionRequest,
  body: unknown,
): Promise<Problem | undefined> {
  const responsible = readResponsible(access, caller, body);
  if (!responsible.ok) return responsible.problem;
  const { by, why, from } = responsible.value;
  if (verb === 'note') {
    return (await desk.note(id, { by, text: why, from })) ? undefined : notFound(id);
  }
  const version = ifMatch === undefined ? {} : { etag: ifMatch };
  const outcome = await desk.settle(id, { action: verb, by, why, from, ...version });
  if (outcome.kind !== 'settled') return unsettled(id, verb, outcome);
  if (verb === 'discard') await releaseBehind(id, { by, why });
  return undefined;
}
