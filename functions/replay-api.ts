import { callerOf } from './http-actor.ts';
import { answer, header, parameter, respond } from './http-answer.ts';
import type { Registration } from './registration.ts';

/** Replays dead letters over HTTP. */
export function registerReplayApi(registration: Registration): void {
  registerSlice(registration);
  registerOne(registration);
}

function registerSlice(registration: Registration): void {
  registration.app.http('replay-dead-letters', {
    route: 'dead-letters/replay',
    methods: ['POST'],
    authLevel: 'function',
    handler: (request, context) =>
      answer(registration, context, async ({ replayApi }) => {
        const { slice } = await replayApi();
        const asked = { caller: callerOf(request), body: await request.text() };
        return respond(await slice(asked), (shown) => ({ jsonBody: shown }));
      }),
  });
}

function registerOne(registration: Registration): void {
  registration.app.http('replay-dead-letter', {
    route: 'dead-letters/{id}/replay',
    methods: ['POST'],
    authLevel: 'function',
    handler: (request, context) =>
      answer(registration, context, async ({ replayApi }) => {
        const { one } = await replayApi();
        const replayed = await one(parameter(request, 'id'), {
          caller: callerOf(request),
          body: await request.text(),
          ifMatch: header(request, 'if-match'),
        });
        return respond(replayed, (shown) => ({ jsonBody: shown }));
      }),
  });
}
