import { once } from 'node:events';
import { createServer, request as send } from 'node:http';

export interface CountingProxy {
  /** The connection string of the storage, with its tables and blobs behind the proxy. */
  readonly connection: string;
  /** Requests since the last call, as `METHOD table-or-container`. */
  take(): string[];
  stop(): void;
}

/** Counts the requests that a storage gets. A batch is one request. */
export async function startCountingProxy(storage: string): Promise<CountingProxy> {
  let seen: string[] = [];
  const stops: (() => void)[] = [];
  let connection = storage;
  for (const service of ['Blob', 'Table']) {
    const pattern = new RegExp(`(${service}Endpoint=http://127\\.0\\.0\\.1:)(\\d+)`);
    const target = Number(pattern.exec(storage)?.[2]);
    const server = createServer((request, response) => {
      const path = (request.url ?? '').split('?', 1)[0]?.split('/')[2] ?? '';
      seen.push(`${request.method ?? ''} ${service} ${path.replace(/\(.*/, '()')}`);
      const { method, headers, url } = request;
      const options = { host: '127.0.0.1', port: target, method, headers, path: url };
      const passedOn = send(options, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      passedOn.on('error', () => response.destroy());
      request.pipe(passedOn);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    connection = connection.replace(pattern, `$1${port}`);
    stops.push(() => {
      server.close();
      server.closeAllConnections();
    });
  }
  return {
    connection,
    take: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}
