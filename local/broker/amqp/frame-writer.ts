import type { Socket } from 'node:net';
import { heartbeatFrame, writeFrame, type OutgoingFrame } from './codec/frames.ts';

/** Writes frames to a socket: those of one turn of the event loop go out in one piece. */
export class FrameWriter {
  readonly #socket: Socket;
  #isCorked = false;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  writeFrame(frame: OutgoingFrame, payload?: Buffer): void {
    this.writeBytes(writeFrame(frame, payload));
  }

  writeBytes(bytes: Buffer): void {
    if (!this.#socket.writable) return;
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(bytes);
  }

  /** Keeps a peer content that wants to hear something within `idleTimeOutMs`. */
  startHeartbeat(idleTimeOutMs: number): void {
    const intervalMs = Math.min(Math.max(idleTimeOutMs / 2, 100), 0x7fffffff);
    this.#heartbeat = setInterval(() => {
      this.writeBytes(heartbeatFrame);
    }, intervalMs).unref();
  }

  stopHeartbeat(): void {
    clearInterval(this.#heartbeat);
  }
}
