import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Requests by the table that they are for. */
export interface TableRequests {
  /** The connection string, with the proxy in the place of the table service. */
  readonly connection: string;
  readonly counts: Map<string, number>;
  stop(): void;
}

/** Counts the requests of Table Storage in front of it; a transaction is one request. */
export async function countTableRequests(connection: string): Promise<TableRequests> {
  const endpoint = /TableEndpoint=http:\/\/([^:;/]+):(\d+)/.exec(connection);
  const [host = '', port = ''] = endpoint?.slice(1) ?? [];
  const counts = new Map<string, number>();
  const agent = new Agent({ keepAlive: true });
  const forward = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await buffer(incoming);
    const table = tableOf(incoming.url ?? '', body);
    counts.set(table, (counts.get(table) ?? 0) + 1);
    const { url: path, method, headers } = incoming;
    const options = { host, port, path, method, headers, agent };
    const sent = request(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    sent.on('error', () => outgoing.destroy());
    sent.end(body);
  };
  const server = createServer((incoming, outgoing) => void forward(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return {
    connection: connection.replace(
      /TableEndpoint=http:\/\/[^:;/]+:\d+/,
      `TableEndpoint=http://127.0.0.1:${address.port}`,
    ),
    counts,
    stop: () => {
      server.closeAllConnections();
      server.close();
      agent.destroy();
    },
  };
}

/** A transaction names its table in its body. */
function tableOf(url: string, body: Buffer): string {
  const text = url.includes('$batch') ? body.toString('latin1') : url;
  return /devstoreaccount1\/(\w+)(?:\(|\?|$|%20| )/.exec(text)?.[1] ?? 'other';
}
