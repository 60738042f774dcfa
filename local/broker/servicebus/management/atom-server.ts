import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { toAtom, type AtomContext } from './atom-entry.ts';

/**
 * What `ServiceBusAdministrationClient` asks for runtime properties. It is served on the port of the
 * namespace, because that client derives its address from the same connection string; keys are not
 * checked, and nothing can be changed: entities are those of the file.
 */
export function createAtomServer(context: AtomContext): Server {
  return createServer((request, response) => {
    answer(context, request, response);
  });
}

function answer(context: AtomContext, request: IncomingMessage, response: ServerResponse): void {
  const base = `http://${request.headers.host ?? 'localhost'}`;
  const target = request.url ?? '/';
  const url = URL.canParse(target, base) ? new URL(target, base) : undefined;
  if (request.method !== 'GET' || url === undefined || isMalformed(url)) {
    response.writeHead(400, { 'content-type': 'application/xml' });
    response.end('<Error><Code>400</Code><Detail>Only reading is supported.</Detail></Error>');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/atom+xml; charset=utf-8' });
  response.end(toAtom(context, url));
}

function isMalformed({ pathname }: URL): boolean {
  try {
    decodeURIComponent(pathname);
    return false;
  } catch {
    return true;
  }
}
