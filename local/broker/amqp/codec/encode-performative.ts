import { encodeCondition, type ErrorCondition } from './conditions.ts';
import { encodeOutcome } from './outcomes.ts';
import type {
  Attach,
  Begin,
  Detach,
  Disposition,
  Flow,
  Open,
  Performative,
  Role,
  Transfer,
} from './performatives.ts';
import {
  typedNull,
  wrapBinary,
  wrapBoolean,
  wrapDescribed,
  wrapList,
  wrapString,
  wrapSymbol,
  wrapSymbolArray,
  wrapSymbolMap,
  wrapUbyte,
  wrapUint,
  wrapUlong,
  wrapUshort,
  type Typed,
} from './typed.ts';

export function encodePerformative(performative: Performative): Typed {
  const { code, fields } = encoders[performative.type] as Encoder<Performative>;
  return wrapDescribed(code, wrapList(fields(performative)));
}

interface Encoder<Type extends Performative> {
  readonly code: number;
  readonly fields: (performative: Type) => readonly Typed[];
}

type Encoders = {
  readonly [Type in Performative['type']]: Encoder<Extract<Performative, { type: Type }>>;
};

const encoders: Encoders = {
  open: { code: 0x10, fields: openFields },
  begin: { code: 0x11, fields: beginFields },
  attach: { code: 0x12, fields: attachFields },
  flow: { code: 0x13, fields: flowFields },
  transfer: { code: 0x14, fields: transferFields },
  disposition: { code: 0x15, fields: dispositionFields },
  detach: { code: 0x16, fields: detachFields },
  end: { code: 0x17, fields: ({ error }) => [optionalError(error)] },
  close: { code: 0x18, fields: ({ error }) => [optionalError(error)] },
  'sasl-mechanisms': { code: 0x40, fields: ({ mechanisms }) => [wrapSymbolArray(mechanisms)] },
  'sasl-init': { code: 0x41, fields: ({ mechanism }) => [wrapSymbol(mechanism)] },
  'sasl-outcome': { code: 0x44, fields: ({ code }) => [wrapUbyte(code)] },
};

function openFields(open: Open): readonly Typed[] {
  return [
    wrapString(open.containerId),
    typedNull,
    optional(open.maxFrameSize, wrapUint),
    optional(open.channelMax, wrapUshort),
    optional(open.idleTimeOut, wrapUint),
  ];
}

function beginFields(begin: Begin): readonly Typed[] {
  return [
    optional(begin.remoteChannel, wrapUshort),
    wrapUint(begin.nextOutgoingId),
    wrapUint(begin.incomingWindow),
    wrapUint(begin.outgoingWindow),
  ];
}

function attachFields(attach: Attach): readonly Typed[] {
  return [
    wrapString(attach.name),
    wrapUint(attach.handle),
    wrapRole(attach.role),
    wrapUbyte(attach.sndSettleMode),
    wrapUbyte(attach.rcvSettleMode),
    attach.source ?? typedNull,
    attach.target ?? typedNull,
    typedNull,
    typedNull,
    optional(attach.initialDeliveryCount, wrapUint),
    optional(attach.maxMessageSize, wrapUlong),
    typedNull,
    attach.desiredCapabilities.length === 0
      ? typedNull
      : wrapSymbolArray(attach.desiredCapabilities),
    attach.properties.size === 0 ? typedNull : wrapSymbolMap(attach.properties),
  ];
}

function flowFields(flow: Flow): readonly Typed[] {
  return [
    optional(flow.nextIncomingId, wrapUint),
    wrapUint(flow.incomingWindow),
    wrapUint(flow.nextOutgoingId),
    wrapUint(flow.outgoingWindow),
    optional(flow.handle, wrapUint),
    optional(flow.deliveryCount, wrapUint),
    optional(flow.linkCredit, wrapUint),
    typedNull,
    wrapBoolean(flow.drain ?? false),
    wrapBoolean(flow.echo ?? false),
  ];
}

function transferFields(transfer: Transfer): readonly Typed[] {
  return [
    wrapUint(transfer.handle),
    optional(transfer.deliveryId, wrapUint),
    optional(transfer.deliveryTag, wrapBinary),
    optional(transfer.messageFormat, wrapUint),
    wrapBoolean(transfer.settled ?? false),
    wrapBoolean(transfer.more ?? false),
    // rcv-settle-mode, state and resume are for links that are resumed: ours never are.
    ...(transfer.aborted === true ? [typedNull, typedNull, typedNull, wrapBoolean(true)] : []),
  ];
}

function dispositionFields(disposition: Disposition): readonly Typed[] {
  return [
    wrapRole(disposition.role),
    wrapUint(disposition.first),
    optional(disposition.last, wrapUint),
    wrapBoolean(disposition.settled),
    optional(disposition.outcome, encodeOutcome),
  ];
}

function detachFields(detach: Detach): readonly Typed[] {
  return [wrapUint(detach.handle), wrapBoolean(detach.closed), optionalError(detach.error)];
}

function wrapRole(role: Role): Typed {
  return wrapBoolean(role === 'receiver');
}

function optionalError(error: ErrorCondition | undefined): Typed {
  return optional(error, encodeCondition);
}

function optional<Value>(value: Value | undefined, wrap: (value: Value) => Typed): Typed {
  return value === undefined ? typedNull : wrap(value);
}
