import types from 'rhea/lib/types.js';
import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import { decodePerformative } from './decode-performative.ts';
import { encodePerformative } from './encode-performative.ts';
import { findValueEnd } from './layout.ts';
import type { Performative } from './performatives.ts';
import { readChecked, toWritable } from './typed.ts';

type FrameKind = 'amqp' | 'sasl';

/** One frame. Without a performative it is a heartbeat. Source: AMQP 1.0 part 2, 2.3. */
export interface Frame {
  readonly kind: FrameKind;
  readonly channel: number;
  readonly performative: Performative | undefined;
  readonly payload: Buffer;
}

export interface OutgoingFrame {
  readonly kind?: FrameKind;
  readonly channel?: number;
  readonly performative: Performative;
}

/** The size that every frame starts with is its own length, this header included. */
export const frameHeaderBytes = 8;

export const heartbeatFrame = Buffer.from([0, 0, 0, frameHeaderBytes, 2, 0, 0, 0]);

/** Reads a frame whose bytes are complete. Problem: what is malformed. */
export function readFrame(bytes: Buffer): Result<Frame, string> {
  const bodyStart = (bytes[4] ?? 0) * 4;
  if (bodyStart < frameHeaderBytes || bodyStart > bytes.length) {
    return fail('the data offset of the frame lies outside of it');
  }
  const kind = frameKinds[bytes[5] ?? -1];
  if (kind === undefined) return fail('the frame type is neither AMQP nor SASL');
  const channel = kind === 'amqp' ? bytes.readUInt16BE(6) : 0;
  return readBody(bytes, bodyStart, { kind, channel });
}

/** Writes a frame. `payload`: the part of a message that a transfer carries. */
export function writeFrame(frame: OutgoingFrame, payload?: Buffer): Buffer {
  const writer = new types.Writer();
  writer.write_bytes(heartbeatFrame);
  writer.write(toWritable(encodePerformative(frame.performative)));
  const head = writer.toBuffer();
  head.writeUInt32BE(head.length + (payload?.length ?? 0), 0);
  head[5] = frame.kind === 'sasl' ? 1 : 0;
  head.writeUInt16BE(frame.channel ?? 0, 6);
  return payload === undefined ? head : Buffer.concat([head, payload]);
}

const frameKinds: readonly FrameKind[] = ['amqp', 'sasl'];

function readBody(
  bytes: Buffer,
  start: number,
  head: { kind: FrameKind; channel: number },
): Result<Frame, string> {
  if (start === bytes.length) {
    return succeed({ ...head, performative: undefined, payload: Buffer.alloc(0) });
  }
  const end = findValueEnd(bytes, start);
  if (end === undefined) return fail('the frame body is no well-formed AMQP value');
  const performative = decodePerformative(readChecked(bytes, start));
  if (!performative.ok) return performative;
  return succeed({ ...head, performative: performative.value, payload: bytes.subarray(end) });
}
