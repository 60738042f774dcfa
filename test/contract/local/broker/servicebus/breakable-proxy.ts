import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface BreakableProxy {
  readonly port: number;
  /** Cuts every connection without a goodbye and takes no other. */
  cut(): Promise<void>;
}

/** Stands between a client and the broker, to break their connection as a crash would. */
export async function startProxy(brokerPort: number): Promise<BreakableProxy> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const upstream = connect(brokerPort, '127.0.0.1');
    sockets.push(socket, upstream);
    socket.pipe(upstream).pipe(socket);
    for (const end of [socket, upstream]) end.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.resetAndDestroy();
      await closed;
    },
  };
}
