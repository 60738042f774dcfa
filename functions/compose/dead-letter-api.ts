import { groupTallies } from '../../shared/deadletter/failure-groups.ts';
import { toShownFile, toShownGroup, toShownLetter } from '../../shared/deadletter/shown-letter.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import type { DeadLetterDesk, SettlingOutcome } from '../../shared/ports/dead-letter-desk.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Problem } from '../http-problem.ts';
import { readLetterQuery, type QueryTexts } from './dead-letter-query.ts';

/** A decision about one dead letter, as it was asked for. */
interface DecisionRequest {
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

export function createDeadLetterApi(desk: DeadLetterDesk, log: Log): DeadLetterApi {
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
      return problem === undefined ? await show(id) : fail(problem);
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
      const { state, isPurged } = outcome;
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

/** Longer reasons are refused: a reason is for people to read. */
const maxReasonLength = 2_000;

function readReason(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null || !('reason' in value)) return undefined;
    const { reason } = value;
    const isReason = typeof reason === 'string' && reason.trim() !== '';
    return isReason && reason.length <= maxReasonLength ? reason : undefined;
  } catch {
    return undefined;
  }
}

function notFound(id: string): Problem {
  return {
    status: 404,
    code: 'dead-letter-not-found',
    title: 'There is no such dead letter',
    detail: `Nothing is known of ${JSON.stringify(id.slice(0, 100))}.`,
    remedy: 'Check the id, or list the dead letters: GET /api/dead-letters?state=any.',
  };
}

const changed: Problem = {
  status: 412,
  code: 'dead-letter-changed',
  title: 'The dead letter has changed',
  detail: 'Its version is no longer the one of If-Match.',
  remedy: 'Read it again, and decide again.',
};

const nobody: Problem = {
  status: 401,
  code: 'actor-unknown',
  title: 'It is not known who decides',
  detail: 'The request names no authenticated principal.',
  remedy:
    'Turn App Service authentication on, or send the header x-ms-client-principal-name with the function key.',
};

const noReason: Problem = {
  status: 400,
  code: 'reason-missing',
  title: 'The reason is missing',
  detail: `The body is no JSON object with a text reason of at most ${maxReasonLength} characters.`,
  remedy: 'Send {"reason": "..."}: it goes into the audit of the dead letter.',
};
