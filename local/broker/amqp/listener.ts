import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { AppError } from '../../../shared/kernel/app-error.ts';
import { Connection, type ConnectionProblem } from './connection.ts';
import type { Endpoint } from './endpoint.ts';
import { tellProtocol } from './tell-protocol.ts';

export interface ListenOptions {
  readonly endpoint: Endpoint;
  /** 0 takes a free port. */
  readonly port: number;
  readonly onProblem?: (problem: ConnectionProblem) => void;
  /** Takes connections of clients that speak something else; without it they break the protocol. */
  readonly onOther?: (socket: Socket) => void;
}

export interface Listener {
  readonly port: number;
  /** Closes every connection and the port. */
  close(): Promise<void>;
}

/**
 * Serves an endpoint over AMQP 1.0 on the loopback address.
 * Errors: `broker.unavailable` when the port is taken.
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const connections = new Set<Connection>();
  const server = createServer();
  let connectionCount = 0;
  /** Of clients that speak something else, or have said nothing yet. */
  const others = new Set<Socket>();
  const serveAmqp = (socket: Socket): void => {
    connectionCount += 1;
    const connection = new Connection(socket, {
      id: `connection-${connectionCount}`,
      endpoint: options.endpoint,
      onProblem: options.onProblem ?? (() => undefined),
      onClosed: () => connections.delete(connection),
    });
    connections.add(connection);
  };
  const { onOther } = options;
  server.on('connection', (socket) => {
    if (onOther === undefined) {
      serveAmqp(socket);
      return;
    }
    others.add(socket);
    socket.once('close', () => others.delete(socket));
    tellProtocol(socket, (protocol) => {
      if (protocol === 'amqp') others.delete(socket);
      (protocol === 'amqp' ? serveAmqp : onOther)(socket);
    });
  });
  const port = await bind(server, options.port);
  return {
    port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const connection of connections) connection.close();
      for (const socket of others) socket.destroy();
      await closed;
    },
  };
}

async function bind(server: Server, port: number): Promise<number> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (cause) {
    throw new AppError('broker.unavailable', `The broker cannot listen on port ${port}`, {
      kind: 'permanent',
      cause,
      details: { port },
    });
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
