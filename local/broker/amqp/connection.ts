import type { Socket } from 'node:net';
import type { ErrorCondition } from './codec/conditions.ts';
import { readFrame, type Frame } from './codec/frames.ts';
import type { Begin, Open, Performative } from './codec/performatives.ts';
import type { DetachCause, Endpoint } from './endpoint.ts';
import { FrameWriter } from './frame-writer.ts';
import { LinkRouter } from './link-router.ts';
import { isSessionPerformative, Session, type SessionPerformative } from './session.ts';
import { ByteBuffer } from './state/byte-buffer.ts';
import {
  amqpHeader,
  onProtocolHeader,
  saslMechanisms,
  type HandshakePhase,
} from './state/handshake.ts';

/** What went wrong on one connection, for the log. */
export interface ConnectionProblem {
  readonly connectionId: string;
  /** `peer`: the client broke the protocol. `bug`: the broker did. */
  readonly fault: 'peer' | 'bug';
  readonly description: string;
  readonly cause?: unknown;
}

export interface ConnectionOptions {
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly onProblem: (problem: ConnectionProblem) => void;
  /** Called once, when nothing is left of the connection. */
  readonly onClosed: () => void;
}

/** The largest frame that we take and that we write. */
const maxFrameBytes = 65_536;

/** Room for everything in a transfer frame that is not payload. */
const transferOverheadBytes = 128;

/** Every peer takes frames of this size. Source: AMQP 1.0 part 2, 2.3.1. */
const minMaxFrameBytes = 512;

/** One client: handshake, sessions, heartbeat. Whatever it sends hurts this connection at most. */
export class Connection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #writer: FrameWriter;
  readonly #router: LinkRouter;
  readonly #buffer = new ByteBuffer();
  readonly #sessions = new Map<number, Session>();
  #phase: HandshakePhase | 'opened' | 'closed' = 'protocol-header';
  #maxPayloadBytes = minMaxFrameBytes - transferOverheadBytes;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#writer = new FrameWriter(socket);
    this.#router = new LinkRouter(options.endpoint, (error) => {
      this.#report('bug', 'A request handler failed.', error);
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.#onBytes(chunk);
    });
    // A reset is as good a goodbye as any: "close" follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#onSocketClosed();
    });
  }

  /** Says goodbye and closes the socket. */
  close(error?: ErrorCondition): void {
    if (this.#phase === 'closed') return;
    if (this.#phase === 'opened')
      this.#writer.writeFrame({ performative: { type: 'close', error } });
    this.#phase = 'closed';
    this.#writer.stopHeartbeat();
    this.#socket.destroySoon();
  }

  #onBytes(chunk: Buffer): void {
    this.#buffer.push(chunk);
    try {
      while (this.#takeNext());
    } catch (error) {
      this.#report('bug', 'A frame broke the broker.', error);
      this.close({ condition: 'amqp:internal-error', description: 'The broker failed.' });
    }
  }

  /** Handles what came first: false when there is nothing whole to handle. */
  #takeNext(): boolean {
    if (this.#phase === 'closed') return false;
    if (this.#phase === 'protocol-header' || this.#phase === 'amqp-header') {
      const header = this.#buffer.takeHeader();
      if (header !== undefined) this.#onHeader(this.#phase, header);
      return header !== undefined;
    }
    const bytes = this.#buffer.takeFrame(maxFrameBytes);
    if (!bytes.ok) return this.#failPeer(bytes.problem);
    if (bytes.value === undefined) return false;
    const frame = readFrame(bytes.value);
    if (!frame.ok) return this.#failPeer(frame.problem);
    this.#onFrame(frame.value);
    return true;
  }

  #onHeader(phase: 'protocol-header' | 'amqp-header', header: Buffer): void {
    const step = onProtocolHeader(phase, header);
    if (!step.ok) {
      this.#writer.writeBytes(amqpHeader);
      this.#failPeer(step.problem);
      return;
    }
    this.#phase = step.value.next;
    this.#writer.writeBytes(step.value.header);
    if (step.value.offersMechanisms) {
      this.#writeSasl({ type: 'sasl-mechanisms', mechanisms: saslMechanisms });
    }
  }

  #onFrame(frame: Frame): void {
    const { performative } = frame;
    if (this.#phase === 'sasl-init') this.#onSaslFrame(frame);
    else if (frame.kind !== 'amqp') this.#failPeer('a SASL frame came outside of the SASL layer');
    else if (this.#phase === 'open') this.#onOpenFrame(performative);
    else if (performative !== undefined)
      this.#onPerformative(frame.channel, performative, frame.payload);
  }

  #onSaslFrame({ kind, performative }: Frame): void {
    if (kind !== 'sasl' || performative?.type !== 'sasl-init') {
      this.#failPeer('the SASL layer expects sasl-init');
      return;
    }
    const isKnown = saslMechanisms.includes(performative.mechanism);
    this.#writeSasl({ type: 'sasl-outcome', code: isKnown ? 0 : 1 });
    if (isKnown) this.#phase = 'amqp-header';
    else this.#failPeer(`the SASL mechanism ${performative.mechanism} is not offered`);
  }

  #onOpenFrame(open: Performative | undefined): void {
    if (open?.type !== 'open') {
      this.#failPeer('the first frame is no open');
      return;
    }
    this.#phase = 'opened';
    this.#maxPayloadBytes = maxPayloadOf(open);
    if (open.idleTimeOut !== undefined) this.#writer.startHeartbeat(open.idleTimeOut);
    this.#writer.writeFrame({
      performative: {
        type: 'open',
        containerId: 'bronzeflow-broker',
        maxFrameSize: maxFrameBytes,
        channelMax: 65_535,
      },
    });
  }

  #onPerformative(channel: number, performative: Performative, payload: Buffer): void {
    if (isSessionPerformative(performative)) this.#onSessionFrame(channel, performative, payload);
    else if (performative.type === 'begin') this.#onBegin(channel, performative);
    else if (performative.type === 'end') this.#onEnd(channel);
    else if (performative.type === 'close') this.#onClose();
    else this.#failPeer(`a frame of type ${performative.type} came on an open connection`);
  }

  #onBegin(channel: number, begin: Begin): void {
    if (this.#sessions.has(channel)) {
      this.#failPeer(`channel ${channel} has a session already`);
      return;
    }
    const session = new Session(
      {
        connectionId: this.#options.id,
        maxPayloadBytes: this.#maxPayloadBytes,
        write: (performative, payload) => {
          this.#writer.writeFrame({ channel, performative }, payload);
        },
      },
      begin,
      this.#router,
    );
    this.#sessions.set(channel, session);
    session.open(channel);
  }

  #onEnd(channel: number): void {
    const session = this.#sessions.get(channel);
    if (session === undefined) return;
    this.#sessions.delete(channel);
    session.onGone('closed');
    this.#writer.writeFrame({ channel, performative: { type: 'end' } });
  }

  /** Clients settle and detach on sessions that they have ended: only an attach needs one. */
  #onSessionFrame(channel: number, performative: SessionPerformative, payload: Buffer): void {
    const session = this.#sessions.get(channel);
    const isFine = session?.onFrame(performative, payload) ?? performative.type !== 'attach';
    if (!isFine) this.#failPeer('an attach came without a session or for a handle that is in use');
  }

  #writeSasl(performative: Performative): void {
    this.#writer.writeFrame({ kind: 'sasl', performative });
  }

  /** Always false: nothing further is read. */
  #failPeer(description: string): false {
    this.#report('peer', description);
    this.close({ condition: 'amqp:connection:framing-error', description });
    return false;
  }

  #report(fault: ConnectionProblem['fault'], description: string, cause?: unknown): void {
    this.#options.onProblem({ connectionId: this.#options.id, fault, description, cause });
  }

  #onClose(): void {
    this.#endSessions('closed');
    this.close();
  }

  #onSocketClosed(): void {
    this.#phase = 'closed';
    this.#writer.stopHeartbeat();
    this.#endSessions('lost');
    this.#options.onClosed();
  }

  #endSessions(cause: DetachCause): void {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) session.onGone(cause);
  }
}

function maxPayloadOf(open: Open): number {
  const peerMax = Math.max(open.maxFrameSize ?? maxFrameBytes, minMaxFrameBytes);
  return Math.min(peerMax, maxFrameBytes) - transferOverheadBytes;
}
