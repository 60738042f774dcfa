import type { Problem } from '../http-problem.ts';

export const underWay: Problem = {
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

export const changed: Problem = {
  status: 412,
  code: 'dead-letter-changed',
  title: 'The dead letter has changed',
  detail: 'Its version is no longer the one of If-Match.',
  remedy: 'Read it again, and decide again.',
};

export const nobody: Problem = {
  status: 401,
  code: 'actor-unknown',
  title: 'It is not known who decides',
  detail: 'The request names no authenticated principal.',
  remedy:
    'Turn App Service authentication on, or send the header x-ms-client-principal-name with the function key.',
};
