import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import type { DeadLetterApi, ShownFile } from './compose/dead-letter-api.ts';
import type { Export } from './compose/dead-letter-export.ts';
import { callerOf } from './http-actor.ts';
import { answer, header, parameter, respond } from './http-answer.ts';
import type { Registration } from './registration.ts';

/** Lists, shows, exports and decides about dead letters over HTTP. */
export function registerDeadLetterApi(registration: Registration): void {
  const route = createRouter(registration);
  route('list-dead-letters', 'GET dead-letters', async (api, request) =>
    respond(await api.list(callerOf(request), request.query), (page) => ({ jsonBody: page })),
  );
  route('list-dead-letter-groups', 'GET dead-letters/groups', async (api, request) =>
    respond(await api.groups(callerOf(request)), (groups) => ({ jsonBody: groups })),
  );
  route('export-dead-letters', 'GET dead-letters/export', async (api, request) =>
    respond(await api.export(callerOf(request), request.query), streamExport),
  );
  route('show-dead-letter', 'GET dead-letters/{id}', async (api, request) =>
    respond(await api.show(callerOf(request), parameter(request, 'id')), showFile),
  );
  for (const verb of ['discard', 'restore'] as const) {
    route(`${verb}-dead-letters`, `POST dead-letters/${verb}`, async (api, request) => {
      const asked = { verb, caller: callerOf(request), body: await request.text() };
      return respond(await api.settleSlice(asked), (slice) => ({ jsonBody: slice }));
    });
  }
  for (const verb of ['discard', 'restore', 'note'] as const) {
    route(`${verb}-dead-letter`, `POST dead-letters/{id}/${verb}`, async (api, request) => {
      const decided = await api.decide({
        id: parameter(request, 'id'),
        verb,
        caller: callerOf(request),
        body: await request.text(),
        ifMatch: header(request, 'if-match'),
      });
      return respond(decided, showFile);
    });
  }
}

type Request = Parameters<HttpHandler>[0];
type Handle = (api: DeadLetterApi, request: Request) => Promise<HttpResponseInit>;

/** Registers functions by `METHOD route`. */
function createRouter(registration: Registration) {
  return (name: string, methodAndRoute: `${'GET' | 'POST'} ${string}`, handle: Handle): void => {
    const [method, route = ''] = methodAndRoute.split(' ');
    registration.app.http(name, {
      route,
      methods: [method === 'POST' ? 'POST' : 'GET'],
      authLevel: 'function',
      handler: (request, context) =>
        answer(registration, context, async ({ deadLetterApi }) =>
          handle(await deadLetterApi(), request),
        ),
    });
  };
}

function showFile({ file, etag }: ShownFile): HttpResponseInit {
  return { headers: { etag }, jsonBody: file };
}

function streamExport({ format, pieces }: Export): HttpResponseInit {
  return {
    headers: {
      'content-type': format.contentType,
      'content-disposition': `attachment; filename="dead-letters.${format.name}"`,
    },
    body: toBytes(pieces),
  };
}

async function* toBytes(pieces: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece, 'utf8');
}
