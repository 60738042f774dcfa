import type { ErrorCondition } from './conditions.ts';
import type { Outcome } from './outcomes.ts';
import type { Typed, TypedMap } from './typed.ts';

/** Source: AMQP 1.0 part 2, 2.7 (performatives) and part 5, 5.3.3 (SASL). */
export type Performative =
  | Open
  | Begin
  | Attach
  | Flow
  | Transfer
  | Disposition
  | Detach
  | { readonly type: 'end'; readonly error?: ErrorCondition | undefined }
  | { readonly type: 'close'; readonly error?: ErrorCondition | undefined }
  | { readonly type: 'sasl-mechanisms'; readonly mechanisms: readonly string[] }
  | { readonly type: 'sasl-init'; readonly mechanism: string }
  | { readonly type: 'sasl-outcome'; readonly code: number };

export interface Open {
  readonly type: 'open';
  readonly containerId: string;
  readonly maxFrameSize?: number | undefined;
  readonly channelMax?: number | undefined;
  /** Milliseconds after which the sender of this frame wants to have heard something. */
  readonly idleTimeOut?: number | undefined;
}

export interface Begin {
  readonly type: 'begin';
  readonly remoteChannel?: number | undefined;
  readonly nextOutgoingId: number;
  readonly incomingWindow: number;
  readonly outgoingWindow: number;
}

/** Which end of a link the sender of the frame is. */
export type Role = 'sender' | 'receiver';

export interface Attach {
  readonly type: 'attach';
  readonly name: string;
  readonly handle: number;
  readonly role: Role;
  /** 0 unsettled, 1 settled, 2 mixed. */
  readonly sndSettleMode: number;
  /** 0 first, 1 second. */
  readonly rcvSettleMode: number;
  /** As sent, because a reply echoes it. Absent in a refusal. */
  readonly source: Typed | undefined;
  readonly target: Typed | undefined;
  readonly initialDeliveryCount?: number | undefined;
  readonly maxMessageSize?: number | undefined;
  readonly desiredCapabilities: readonly string[];
  readonly properties: TypedMap;
}

export interface Flow {
  readonly type: 'flow';
  readonly nextIncomingId?: number | undefined;
  readonly incomingWindow: number;
  readonly nextOutgoingId: number;
  readonly outgoingWindow: number;
  readonly handle?: number | undefined;
  readonly deliveryCount?: number | undefined;
  readonly linkCredit?: number | undefined;
  readonly drain?: boolean;
  readonly echo?: boolean;
}

export interface Transfer {
  readonly type: 'transfer';
  readonly handle: number;
  readonly deliveryId?: number | undefined;
  readonly deliveryTag?: Buffer | undefined;
  readonly messageFormat?: number | undefined;
  readonly settled?: boolean;
  readonly more?: boolean;
  readonly aborted?: boolean;
}

export interface Disposition {
  readonly type: 'disposition';
  /** The end that writes: a receiver settles transfers that it got. */
  readonly role: Role;
  readonly first: number;
  readonly last?: number | undefined;
  readonly settled: boolean;
  readonly outcome: Outcome | undefined;
}

export interface Detach {
  readonly type: 'detach';
  readonly handle: number;
  readonly closed: boolean;
  readonly error?: ErrorCondition | undefined;
}
