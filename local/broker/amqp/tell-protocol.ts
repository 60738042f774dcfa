import type { Socket } from 'node:net';

/** Of the header with which an AMQP client begins. Source: AMQP 1.0 part 2, 2.2. */
const amqpName = Buffer.from('AMQP', 'ascii');

/** Waits for the first bytes of a client, tells by them what it speaks, and leaves them to be read. */
export function tellProtocol(socket: Socket, told: (protocol: 'amqp' | 'other') => void): void {
  // Until somebody listens, a reset must not end the process.
  socket.on('error', () => undefined);
  socket.once('data', (first: Buffer) => {
    socket.pause();
    const begin = first.subarray(0, amqpName.length);
    socket.unshift(first);
    told(begin.equals(amqpName.subarray(0, begin.length)) ? 'amqp' : 'other');
    socket.resume();
  });
}
