import type { HttpResponseInit } from '@azure/functions';
import type { Registration } from './registration.ts';

/** Says whether the process runs, and whether everything that it needs answers. */
export function registerHealth({ app, run }: Registration): void {
  app.http('health-live', {
    route: 'health/live',
    methods: ['GET'],
    authLevel: 'anonymous',
    handler: () => ({ jsonBody: { status: 'live' } }),
  });
  app.http('health-ready', {
    route: 'health/ready',
    methods: ['GET'],
    authLevel: 'anonymous',
    handler: (_request, context) =>
      run(context, async ({ readiness }): Promise<HttpResponseInit> => {
        const { findProblems } = await readiness();
        const problems = await findProblems();
        return problems.length === 0
          ? { jsonBody: { status: 'ready', problems } }
          : { status: 503, jsonBody: { status: 'not ready', problems } };
      }),
  });
}
