import { groupTallies } from '../../shared/deadletter/failure-groups.ts';
import { toShownFile, toShownGroup, toShownLetter } from '../../shared/deadletter/shown-letter.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import type { DeadLetterDesk, SettlingOutcome } from '../../shared/ports/dead-letter-desk.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Problem } from '../http-problem.ts';
import { changed, nobody, notFound, underWay } from './dead-letter-problems.ts';
import { readLetterQuery, type QueryTexts } from './dead-letter-query.ts';
import { noReason, readReason } from './reason.ts';

/** A decision about one dead letter, as it was asked for. */
export interface DecisionRequest {
  readonly id: string;
  readonly verb: 'discard' | 'restore' | 'note';
  readonly actor: string | undefined;
  readonly body: string;
  readonly ifMatch: string | undefined;
}

/** A letter, and its version for `If-Match`. */
export interface ShownFile {
  readonly file: ReturnType<typeof toShownFile>;
  readonly etag: string;
}

type Page = {
  readonly deadLetters: readonly ReturnType<typeof toShownLetter>[];
  readonly continuation: string | null;
};

/** What the HTTP functions around dead letters do. Each throws when the storage is down. */
export interface DeadLetterApi {
  readonly list: (texts: QueryTexts) => Promise<Result<Page, Problem>>;
  readonly show: (id: string) => Promise<Result<ShownFile, Problem>>;
  readonly groups: () => Promise<readonly ReturnType<typeof toShownGroup>[]>;
  readonly decide: (request: DecisionRequest) => Promise<Result<ShownFile, Problem>>;
}

/** What follows a discard: parked letters behind it. */
type OnDiscard = (
  id: string,
  decision: { readonly by: string; readonly why: string },
) => Promise<void>;

export function createDeadLetterApi(
  desk: DeadLetterDesk,
  log: Log,
  onDiscard: OnDiscard,
): DeadLetterApi {
  const show = async (id: string): Promise<Result<ShownFile, Problem>> => {
    const file = await desk.show(id);
    if (file === undefined) return fail(notFound(id));
    return succeed({ file: toShownFile(file), etag: file.etag });
  };
  return {
    show,
    list: async (texts) => {
      const query = readLetterQuery(texts);
      if (!query.ok) return query;
      const { letters, next = null } = await desk.list(query.value);
      return succeed({ deadLetters: letters.map(toShownLetter), continuation: next });
    },
    groups: async () =>
      groupTallies(await desk.tallies())
        .slice(0, maxGroups)
        .map(toShownGroup),
    decide: async (request) => {
      const { id, verb, actor } = request;
      if (actor === undefined) return fail(nobody);
      const why = readReason(request.body);
      if (why === undefined) return fail(noReason);
      const problem = await decide(desk, { ...request, by: actor, why });
      const outcome = problem?.code ?? 'done';
      log.info('Audit: a decision about a dead letter', { id, verb, actor, why, outcome });
      if (problem !== undefined) return fail(problem);
      if (verb === 'discard') await onDiscard(id, { by: actor, why });
      return await show(id);
    },
  };
}

/** Producers choose types, so there may be any number of groups; the largest come first. */
const maxGroups = 1_000;

async function decide(
  desk: DeadLetterDesk,
  { id, verb, by, why, ifMatch }: DecisionRequest & { readonly by: string; readonly why: string },
): Promise<Problem | undefined> {
  if (verb === 'note') return (await desk.note(id, { by, text: why })) ? undefined : notFound(id);
  const version = ifMatch === undefined ? {} : { etag: ifMatch };
  const outcome = await desk.settle(id, { action: verb, by, why, ...version });
  return outcome.kind === 'settled' ? undefined : toProblem(id, verb, outcome);
}

function toProblem(
  id: string,
  verb: string,
  outcome: Exclude<SettlingOutcome, { kind: 'settled' }>,
): Problem {
  switch (outcome.kind) {
    case 'missing':
      return notFound(id);
    case 'changed':
      return changed;
    case 'refused': {
      const { state, isPurged, isStaged } = outcome;
      if (isStaged) return underWay;
      return {
        status: 409,
        code: 'state-conflict',
        title: 'The dead letter is not in a state for this',
        detail: `It is ${state}${isPurged ? ' and its payload is purged' : ''}: ${verb} cannot follow.`,
        remedy: 'Discard what is open; restore what was discarded and still has its payload.',
      };
    }
  }
}
