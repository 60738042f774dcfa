import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import { decodeCondition } from './conditions.ts';
import { FieldReader } from './fields.ts';
import { decodeOutcome } from './outcomes.ts';
import type { Performative } from './performatives.ts';
import { unwrap, type Typed } from './typed.ts';

/** Reads a performative. Problem: what does not conform, for the description of an AMQP error. */
export function decodePerformative(typed: Typed): Result<Performative, string> {
  const code = typed.descriptor === undefined ? undefined : unwrap(typed.descriptor);
  const decoder = typeof code === 'number' ? decoders.get(code) : undefined;
  if (decoder === undefined) return fail('the frame holds no performative that is expected here');
  const fields = new FieldReader(decoder.name, typed);
  const performative = decoder.read(fields);
  return fields.problem === undefined ? succeed(performative) : fail(fields.problem);
}

interface Decoder {
  readonly name: string;
  readonly read: (fields: FieldReader) => Performative;
}

const decoders: ReadonlyMap<number, Decoder> = new Map([
  [0x10, { name: 'open', read: readOpen }],
  [0x11, { name: 'begin', read: readBegin }],
  [0x12, { name: 'attach', read: readAttach }],
  [0x13, { name: 'flow', read: readFlow }],
  [0x14, { name: 'transfer', read: readTransfer }],
  [0x15, { name: 'disposition', read: readDisposition }],
  [0x16, { name: 'detach', read: readDetach }],
  [0x17, { name: 'end', read: (fields) => ({ type: 'end', error: readError(fields, 0) }) }],
  [0x18, { name: 'close', read: (fields) => ({ type: 'close', error: readError(fields, 0) }) }],
  [0x40, { name: 'sasl-mechanisms', read: readMechanisms }],
  [0x41, { name: 'sasl-init', read: readSaslInit }],
  [0x44, { name: 'sasl-outcome', read: readSaslOutcome }],
]);

function readOpen(fields: FieldReader): Performative {
  return {
    type: 'open',
    containerId: fields.mandatoryText(0, 'container-id'),
    maxFrameSize: fields.number(2, 'max-frame-size'),
    channelMax: fields.number(3, 'channel-max'),
    idleTimeOut: fields.number(4, 'idle-time-out'),
  };
}

function readBegin(fields: FieldReader): Performative {
  return {
    type: 'begin',
    remoteChannel: fields.number(0, 'remote-channel'),
    nextOutgoingId: fields.mandatoryNumber(1, 'next-outgoing-id'),
    incomingWindow: fields.mandatoryNumber(2, 'incoming-window'),
    outgoingWindow: fields.mandatoryNumber(3, 'outgoing-window'),
  };
}

function readAttach(fields: FieldReader): Performative {
  return {
    type: 'attach',
    name: fields.mandatoryText(0, 'name'),
    handle: fields.mandatoryNumber(1, 'handle'),
    role: fields.boolean(2, 'role') ? 'receiver' : 'sender',
    sndSettleMode: fields.number(3, 'snd-settle-mode') ?? 2,
    rcvSettleMode: fields.number(4, 'rcv-settle-mode') ?? 0,
    source: fields.raw(5),
    target: fields.raw(6),
    initialDeliveryCount: fields.number(9, 'initial-delivery-count'),
    desiredCapabilities: fields.symbols(12, 'desired-capabilities'),
    properties: fields.map(13, 'properties'),
  };
}

function readFlow(fields: FieldReader): Performative {
  return {
    type: 'flow',
    nextIncomingId: fields.number(0, 'next-incoming-id'),
    incomingWindow: fields.mandatoryNumber(1, 'incoming-window'),
    nextOutgoingId: fields.mandatoryNumber(2, 'next-outgoing-id'),
    outgoingWindow: fields.mandatoryNumber(3, 'outgoing-window'),
    handle: fields.number(4, 'handle'),
    deliveryCount: fields.number(5, 'delivery-count'),
    linkCredit: fields.number(6, 'link-credit'),
    drain: fields.boolean(8, 'drain'),
    echo: fields.boolean(9, 'echo'),
  };
}

function readTransfer(fields: FieldReader): Performative {
  return {
    type: 'transfer',
    handle: fields.mandatoryNumber(0, 'handle'),
    deliveryId: fields.number(1, 'delivery-id'),
    deliveryTag: fields.bytes(2, 'delivery-tag'),
    messageFormat: fields.number(3, 'message-format'),
    settled: fields.boolean(4, 'settled'),
    more: fields.boolean(5, 'more'),
    aborted: fields.boolean(9, 'aborted'),
  };
}

function readDisposition(fields: FieldReader): Performative {
  return {
    type: 'disposition',
    role: fields.boolean(0, 'role') ? 'receiver' : 'sender',
    first: fields.mandatoryNumber(1, 'first'),
    last: fields.number(2, 'last'),
    settled: fields.boolean(3, 'settled'),
    outcome: decodeOutcome(fields.raw(4)),
  };
}

function readDetach(fields: FieldReader): Performative {
  return {
    type: 'detach',
    handle: fields.mandatoryNumber(0, 'handle'),
    closed: fields.boolean(1, 'closed'),
    error: readError(fields, 2),
  };
}

function readError(fields: FieldReader, index: number): ReturnType<typeof decodeCondition> {
  return decodeCondition(fields.raw(index));
}

function readMechanisms(fields: FieldReader): Performative {
  return { type: 'sasl-mechanisms', mechanisms: fields.symbols(0, 'sasl-server-mechanisms') };
}

function readSaslInit(fields: FieldReader): Performative {
  return { type: 'sasl-init', mechanism: fields.mandatoryText(0, 'mechanism') };
}

function readSaslOutcome(fields: FieldReader): Performative {
  return { type: 'sasl-outcome', code: fields.mandatoryNumber(0, 'code') };
}
