import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import {
  readFrame,
  writeFrame,
  type Frame,
} from '../../../../../local/broker/amqp/codec/frames.ts';
import type {
  Attach,
  Open,
  Performative,
} from '../../../../../local/broker/amqp/codec/performatives.ts';
import {
  emptyMap,
  typedNull,
  wrapDescribed,
  wrapList,
  wrapString,
  type Typed,
} from '../../../../../local/broker/amqp/codec/typed.ts';
import { amqpHeader } from '../../../../../local/broker/amqp/state/handshake.ts';

export type PerformativeOf<Type extends Performative['type']> = Extract<
  Performative,
  { type: Type }
>;

/** A peer that writes any frame at any time, which no client library does. */
export class RawClient {
  readonly #socket: Socket;
  readonly #frames: Frame[] = [];
  #bytes = Buffer.alloc(0);
  #headerBytes = 0;
  #wake: () => void = () => undefined;
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#takeFrames();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  /** Connects without saying anything. */
  static async connect(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    onTestFinished(() => {
      socket.destroy();
    });
    return new RawClient(socket);
  }

  /** Connects and opens a connection without a SASL layer. */
  static async open(port: number, open: Partial<Open> = {}): Promise<RawClient> {
    const client = await RawClient.connect(port);
    client.expectHeader();
    client.sendBytes(amqpHeader);
    client.send({ type: 'open', containerId: 'raw', ...open });
    await client.next('open');
    return client;
  }

  /** The next 8 bytes to come are a protocol header. */
  expectHeader(): void {
    this.#headerBytes = 8;
  }

  sendBytes(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  send(performative: Performative, options: { channel?: number; payload?: Buffer } = {}): void {
    const { channel = 0, payload } = options;
    const kind = performative.type.startsWith('sasl') ? 'sasl' : 'amqp';
    this.sendBytes(writeFrame({ kind, channel, performative }, payload));
  }

  /** Begins a session on channel 0 that takes `incomingWindow` transfers. */
  async begin(incomingWindow = 1000): Promise<void> {
    const outgoingWindow = 1000;
    this.send({ type: 'begin', nextOutgoingId: 0, incomingWindow, outgoingWindow });
    await this.next('begin');
  }

  /** Attaches a link on handle `handle`: as receiver from `address`, or as sender to it. */
  attach(address: string, attach: Partial<Attach> = {}): void {
    const terminus = attach.role === 'sender' ? { target: address } : { source: address };
    this.send({
      type: 'attach',
      name: `link-${attach.handle ?? 0}`,
      handle: 0,
      role: 'receiver',
      sndSettleMode: 2,
      rcvSettleMode: 0,
      source: sourceOf(terminus.source),
      target: targetOf(terminus.target),
      desiredCapabilities: [],
      properties: emptyMap,
      ...attach,
    });
  }

  /** Grants credit on a link on which the broker sends. */
  grant(
    linkCredit: number,
    options: { handle?: number; drain?: boolean; received?: number } = {},
  ): void {
    const { handle = 0, drain = false, received = 0 } = options;
    this.send({
      type: 'flow',
      nextIncomingId: received,
      incomingWindow: 1000,
      nextOutgoingId: 0,
      outgoingWindow: 1000,
      handle,
      deliveryCount: received,
      linkCredit,
      drain,
    });
  }

  /** The next frame, which must be of this type. */
  async next<Type extends Performative['type']>(type: Type): Promise<PerformativeOf<Type>> {
    const { performative } = await this.nextFrame();
    if (performative?.type === type) return performative as PerformativeOf<Type>;
    throw new Error(`expected ${type}, got ${JSON.stringify(performative)}`);
  }

  async nextFrame(): Promise<Frame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      if (this.#isClosed) throw new Error('the broker has closed the connection');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Resolves when the broker has closed the socket. */
  async closed(): Promise<void> {
    if (!this.#isClosed) await once(this.#socket, 'close');
  }

  stopReading(): void {
    this.#socket.pause();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #takeFrames(): void {
    if (this.#bytes.length < this.#headerBytes) return;
    this.#bytes = this.#bytes.subarray(this.#headerBytes);
    this.#headerBytes = 0;
    while (this.#bytes.length >= 8) {
      const size = this.#bytes.readUInt32BE(0);
      if (this.#bytes.length < size) break;
      const frame = readFrame(this.#bytes.subarray(0, size));
      if (!frame.ok) throw new Error(frame.problem);
      this.#frames.push(frame.value);
      this.#bytes = this.#bytes.subarray(size);
    }
    this.#wake();
  }
}

function sourceOf(address = ''): Typed {
  return wrapDescribed(0x28, wrapList([address === '' ? typedNull : wrapString(address)]));
}

function targetOf(address = ''): Typed {
  return wrapDescribed(0x29, wrapList([address === '' ? typedNull : wrapString(address)]));
}
