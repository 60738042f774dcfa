import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import {
  heartbeatFrame,
  readFrame,
  writeFrame,
} from '../../../../../../local/broker/amqp/codec/frames.ts';
import {
  accepted,
  rejectedWith,
  released,
} from '../../../../../../local/broker/amqp/codec/outcomes.ts';
import type { Performative } from '../../../../../../local/broker/amqp/codec/performatives.ts';
import { wrapString, wrapUint } from '../../../../../../local/broker/amqp/codec/typed.ts';

const error = {
  condition: 'amqp:not-found',
  description: 'gone',
  info: new Map([['key', wrapString('value')]]),
};
const attach = {
  type: 'attach',
  name: 'link',
  handle: 300,
  sndSettleMode: 1,
  rcvSettleMode: 1,
  source: undefined,
  target: undefined,
  desiredCapabilities: ['com.microsoft:one', 'two'],
  properties: new Map([['com.microsoft:epoch', wrapUint(5)]]),
} as const;
const window = { nextOutgoingId: 4_294_967_295, incomingWindow: 1, outgoingWindow: 2 };
const disposition = { type: 'disposition', first: 1, settled: true } as const;

const performatives: readonly Performative[] = [
  { type: 'open', containerId: 'c', maxFrameSize: 512, channelMax: 7, idleTimeOut: 60_000 },
  { type: 'begin', remoteChannel: 3, ...window },
  { ...attach, role: 'sender', initialDeliveryCount: 0 },
  { ...attach, role: 'receiver', desiredCapabilities: ['one'], initialDeliveryCount: undefined },
  {
    type: 'flow',
    nextIncomingId: 1,
    ...window,
    handle: 2,
    deliveryCount: 3,
    linkCredit: 4,
    drain: true,
    echo: true,
  },
  {
    type: 'transfer',
    handle: 0,
    deliveryId: 1,
    deliveryTag: Buffer.from('t'),
    messageFormat: 0x80013700,
    settled: true,
    more: true,
    aborted: true,
  },
  { ...disposition, role: 'receiver', last: 9, outcome: accepted },
  { ...disposition, role: 'sender', last: undefined, outcome: released },
  { ...disposition, role: 'receiver', last: undefined, outcome: undefined },
  { type: 'end', error },
  { type: 'close', error: undefined },
  { type: 'detach', handle: 1, closed: true, error },
  { type: 'sasl-mechanisms', mechanisms: ['ANONYMOUS'] },
  { type: 'sasl-init', mechanism: 'ANONYMOUS' },
  { type: 'sasl-outcome', code: 0 },
];

describe('Frames', () => {
  it.each(performatives)('carry $type', (performative) => {
    const kind = performative.type.startsWith('sasl') ? 'sasl' : 'amqp';
    const payload = Buffer.from('payload');
    const channel = kind === 'amqp' ? 9 : 0;
    const frame = readFrame(writeFrame({ kind, channel, performative }, payload));
    if (!frame.ok) throw new Error(frame.problem);
    expect(frame.value).toMatchObject({ kind, channel });
    expect(frame.value.payload).toEqual(payload);
    expect(plainOf(frame.value.performative)).toEqual(plainOf(performative));
  });

  it.each([
    rejectedWith(error),
    {
      type: 'modified',
      deliveryFailed: true,
      undeliverableHere: false,
      annotations: new Map([['count', wrapUint(3)]]),
    } as const,
  ])('carry the outcome $type with all it says', (outcome) => {
    const frame = readFrame(
      writeFrame({ performative: { ...disposition, role: 'receiver', outcome } }),
    );
    if (!frame.ok) throw new Error(frame.problem);
    const read = frame.value.performative;
    expect(plainOf(read?.type === 'disposition' ? read.outcome : undefined)).toEqual(
      plainOf(outcome),
    );
  });

  it('are understood by an independent decoder', () => {
    const bytes = writeFrame(
      { channel: 2, performative: { type: 'transfer', handle: 1, deliveryId: 5, settled: true } },
      rhea.message.encode({ body: 'text' }),
    );
    expect(bytes.readUInt32BE(0)).toBe(bytes.length);
    const frame = readFrame(bytes);
    expect(frame.ok && rhea.message.decode(frame.value.payload)['body']).toBe('text');
  });

  it('without a body are heartbeats', () => {
    const frame = readFrame(heartbeatFrame);
    expect(frame.ok && frame.value.performative).toBeUndefined();
  });

  it.each([
    ['a transfer without a handle', '0000000c020000000053144 5'],
    ['an attach without a name', '0000001002000000005312c0030140 40'],
    ['a flow whose window is text', '0000001302000000005313c0060240a1016140'],
    ['a body before the header', '0000000801000000'],
    ['a body behind the end', '00000008ff000000'],
  ])('are refused with a reason: %s', (_title, hex) => {
    const frame = readFrame(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    expect(frame.ok ? '' : frame.problem).not.toBe('');
  });
});

/** Everything that a frame says, without what is absent and without encodings. */
function plainOf(value: unknown): unknown {
  if (value instanceof Map) return plainOf(Object.fromEntries(value));
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  if ('type' in value && 'value' in value) return value.value;
  if (Array.isArray(value)) return value.map(plainOf);
  const entries = Object.entries(value).filter(([, field]) => !isAbsent(field));
  return Object.fromEntries(entries.map(([name, field]) => [name, plainOf(field)]));
}

function isAbsent(field: unknown): boolean {
  return field === undefined || field === false || (field instanceof Map && field.size === 0);
}
