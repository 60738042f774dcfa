import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

interface AskedRequest {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

export interface DlqServer {
  readonly url: string;
  readonly asked: AskedRequest[];
  /** Answers by `METHOD path`; what is not here is answered 404 as by another application. */
  readonly answers: Map<string, (request: AskedRequest, response: ServerResponse) => unknown>;
  stop(): void;
}

/** A real HTTP server that answers as the API of dead letters does. */
export async function startDlqServer(): Promise<DlqServer> {
  const asked: AskedRequest[] = [];
  const answers: DlqServer['answers'] = new Map();
  const server = createServer((request, response) => {
    void respond(request, response);
  });
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = (await request.toArray()).map(String).join('');
    const path = (request.url ?? '').replace('/api/dead-letters', '');
    const body = text === '' ? {} : (JSON.parse(text) as AskedRequest['body']);
    const seen = { line: `${request.method ?? ''} ${path}`, headers: request.headers, body };
    asked.push(seen);
    const answer = answers.get(seen.line.split('?', 1)[0] ?? '');
    if (answer === undefined) {
      response.writeHead(404).end('no such page');
      return;
    }
    const value = answer(seen, response);
    if (value !== undefined) response.end(JSON.stringify(value));
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    answers,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
