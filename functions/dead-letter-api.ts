import type { ShownFile } from './compose/dead-letter-api.ts';
import { actorOf } from './http-actor.ts';
import { answer, header, parameter, respond } from './http-answer.ts';
import type { Registration } from './registration.ts';

/** Lists, shows and decides about dead letters over HTTP. */
export function registerDeadLetterApi(registration: Registration): void {
  registerList(registration);
  registerGroups(registration);
  registerShow(registration);
  for (const verb of ['discard', 'restore', 'note'] as const) registerDecide(registration, verb);
}

function registerList(registration: Registration): void {
  registration.app.http('list-dead-letters', {
    route: 'dead-letters',
    methods: ['GET'],
    authLevel: 'function',
    handler: (request, context) =>
      answer(registration, context, async ({ deadLetterApi }) => {
        const { list } = await deadLetterApi();
        return respond(await list(request.query), (page) => ({ jsonBody: page }));
      }),
  });
}

function registerGroups(registration: Registration): void {
  registration.app.http('list-dead-letter-groups', {
    route: 'dead-letters/groups',
    methods: ['GET'],
    authLevel: 'function',
    handler: (_request, context) =>
      answer(registration, context, async ({ deadLetterApi }) => {
        const { groups } = await deadLetterApi();
        return { jsonBody: { groups: await groups() } };
      }),
  });
}

function registerShow(registration: Registration): void {
  registration.app.http('show-dead-letter', {
    route: 'dead-letters/{id}',
    methods: ['GET'],
    authLevel: 'function',
    handler: (request, context) =>
      answer(registration, context, async ({ deadLetterApi }) => {
        const { show } = await deadLetterApi();
        return respond(await show(parameter(request, 'id')), showFile);
      }),
  });
}

function registerDecide(registration: Registration, verb: 'discard' | 'restore' | 'note'): void {
  registration.app.http(`${verb}-dead-letter`, {
    route: `dead-letters/{id}/${verb}`,
    methods: ['POST'],
    authLevel: 'function',
    handler: (request, context) =>
      answer(registration, context, async ({ deadLetterApi }) => {
        const { decide } = await deadLetterApi();
        const decided = await decide({
          id: parameter(request, 'id'),
          verb,
          actor: actorOf(request),
          body: await request.text(),
          ifMatch: header(request, 'if-match'),
        });
        return respond(decided, showFile);
      }),
  });
}

function showFile({ file, etag }: ShownFile) {
  return { headers: { etag }, jsonBody: file };
}
