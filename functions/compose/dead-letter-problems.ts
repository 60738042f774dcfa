import type { SettlingOutcome } from '../../shared/ports/dead-letter-desk.ts';
import type { Problem } from '../http-problem.ts';

/** Longer reasons are refused: a reason is for people to read. */
export const maxReasonLength = 2_000;

export const nobody: Problem = {
  status: 401,
  code: 'actor-unknown',
  title: 'It is not known who decides',
  detail: 'The request names no authenticated principal.',
  remedy:
    'Turn App Service authentication on, or send the header x-ms-client-principal-name with the function key.',
};

export const noReason: Problem = {
  status: 400,
  code: 'reason-missing',
  title: 'The reason is missing',
  detail: `The body is no JSON object with a text reason of at most ${maxReasonLength} characters.`,
  remedy: 'Send {"reason": "..."}: it goes into the audit of the dead letter.',
};

export const changed: Problem = {
  status: 412,
  code: 'dead-letter-changed',
  title: 'The dead letter has changed',
  detail: 'Its version is no longer the one of If-Match.',
  remedy: 'Read it again, and decide again.',
};

const underWay: Problem = {
  status: 409,
  code: 'replay-under-way',
  title: 'A replay of the dead letter is under way',
  detail: 'It is staged and may have been sent, so that nothing else can be decided.',
  remedy: 'Replay it again, without a patch: that goes on with the same replay and settles it.',
};

export function notFound(id: string): Problem {
  return {
    status: 404,
    code: 'dead-letter-not-found',
    title: 'There is no such dead letter',
    detail: `Nothing is known of ${JSON.stringify(id.slice(0, 100))}.`,
    remedy: 'Check the id, or list the dead letters: GET /api/dead-letters?state=any.',
  };
}

/** Why a dead letter was not settled. */
export function unsettled(
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
