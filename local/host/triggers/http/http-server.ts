import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { HostLog } from '../../host-log.ts';
import { errorText, HostStartError } from '../../settings/host-problem.ts';
import { sendText } from './http-response.ts';
import type { HttpRoutes, RouteMatch } from './http-routes.ts';

/** The host's HTTP server, on loopback only. */
export class HttpServer {
  readonly #routes: HttpRoutes;
  readonly #log: HostLog;
  readonly #server: Server;
  readonly #isOpen = Promise.withResolvers<undefined>();

  constructor(routes: HttpRoutes, log: HostLog) {
    this.#routes = routes;
    this.#log = log;
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  /** Answers the origin. Errors: `HostStartError` if the port cannot be had. */
  async start(port: number): Promise<string> {
    try {
      this.#server.listen(port, '127.0.0.1');
      await once(this.#server, 'listening');
    } catch (error) {
      const remedy = 'Choose another one, or 0 for any free one';
      const where = 'command line';
      throw new HostStartError([{ where, key: '--port', problem: errorText(error), remedy }]);
    }
    const address = this.#server.address();
    const actual = typeof address === 'object' && address !== null ? address.port : port;
    return `http://127.0.0.1:${actual}`;
  }

  /** All routes are there: requests that none has answered so far have waited for this. */
  open(): void {
    this.#isOpen.resolve(undefined);
  }

  /** Takes no further connections; requests under way go on. */
  refuseNew(): void {
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  /** Ends every connection. */
  close(): void {
    this.#server.closeAllConnections();
  }

  async #find(method: string, path: string): Promise<RouteMatch> {
    const match = this.#routes.find(method, path);
    if (match.kind === 'found') return match;
    await this.#isOpen.promise;
    return this.#routes.find(method, path);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    try {
      const match = await this.#find(method, path);
      switch (match.kind) {
        case 'found':
          await match.route.handle({ request, response, parameters: match.parameters });
          return;
        case 'wrongMethod':
          response.setHeader('allow', match.allowed.join(', '));
          sendText(response, 405, `${method} is not allowed here.`);
          return;
        case 'notFound':
          sendText(response, 404, `No function answers ${method} ${path}.`);
      }
    } catch (error) {
      this.#log.write('error', 'Host.Http', `${method} ${path} failed: ${errorText(error)}`);
      sendText(response, 500, 'The host could not answer.');
    }
  }
}
