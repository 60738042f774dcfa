import type { ErrorCondition } from './codec/conditions.ts';
import type { RawMessage } from './codec/message.ts';
import type { Outcome } from './codec/outcomes.ts';
import type { Typed, TypedMap } from './codec/typed.ts';

/**
 * What a broker does behind its port: it answers every link that a client attaches. Directions are
 * the broker's: an *outgoing* link carries messages to a client that receives.
 *
 * All methods are called synchronously from the socket, one frame at a time. An exception costs the
 * client its connection and nobody else anything.
 */
export interface Endpoint {
  /** A client wants to receive: answer by `accept` or `refuse`, now or later. */
  attachOutgoing(attach: OutgoingAttach): void;
  /** A client wants to send: answer by `accept` or `refuse`, now or later. */
  attachIncoming(attach: IncomingAttach): void;
  /**
   * The handler of a request/response node such as `$management`, or undefined if the address names
   * none. Links to such an address never reach the two methods above. `$cbs` is answered already.
   */
  requestHandler(address: string): RequestHandler | undefined;
}

/** What a client asks for when it attaches. */
export interface AttachRequest {
  readonly linkName: string;
  /** Unique among the connections of this process. */
  readonly connectionId: string;
  /** The source that it reads from or the target that it writes to, as spelled by the client. */
  readonly address: string;
  readonly properties: TypedMap;
  readonly desiredCapabilities: readonly string[];
  /** Aborted when the client detaches or is gone before it was answered. */
  readonly signal: AbortSignal;
  /** Answers with an attach without termini and a closing detach. */
  refuse(error: ErrorCondition): void;
}

export interface OutgoingAttach extends AttachRequest {
  /** What the client calls its end; of a request/response node the address to reply to. */
  readonly targetAddress: string;
  /** The filter set of the source: values keep their descriptor. */
  readonly filter: TypedMap;
  /** The client wants its messages settled when they are sent (receive and delete). */
  readonly isPresettled: boolean;
  /** The client settles only after the broker has (peek-lock: `rcv-settle-mode` second). */
  readonly awaitsReply: boolean;
  /**
   * Answers the attach. If the client has gone meanwhile, the link that comes back is not open and
   * `onDetached` is not called: look at `signal` before you reserve anything.
   */
  accept(events: OutgoingLinkEvents, options?: OutgoingAcceptOptions): OutgoingLink;
}

export interface OutgoingAcceptOptions {
  readonly properties?: TypedMap;
  /** Replaces the filter set in the echo of the source. */
  readonly filter?: TypedMap;
  readonly maxMessageBytes?: number;
}

export interface OutgoingLinkEvents {
  /** Credit came, or the client asks to drain: send, then call `drained` if `isDraining`. */
  onCredit(link: OutgoingLink): void;
  /** Once, when the client detaches, ends its session or is gone. Not after `detach`. */
  onDetached(link: OutgoingLink, cause: DetachCause): void;
}

/** `closed`: the client said goodbye. `lost`: the connection broke, what was locked stays so. */
export type DetachCause = 'closed' | 'lost';

/** A link on which the broker sends. */
export interface OutgoingLink {
  readonly name: string;
  readonly connectionId: string;
  readonly isOpen: boolean;
  /** Deliveries that the client still takes. Each `send` uses one. */
  readonly credit: number;
  /** The client wants its credit used up now or given back. */
  readonly isDraining: boolean;
  /** Sends one message. Call it only with credit on an open link: anything else is a bug. */
  send(delivery: OutgoingDelivery): void;
  /** Gives the remaining credit back, behind everything already sent. Does nothing unless draining. */
  drained(): void;
  /** Closes the link. Outcomes of its deliveries are ignored from now on. */
  detach(error?: ErrorCondition): void;
}

export interface OutgoingDelivery {
  /** At most 32 bytes. Service Bus: the lock token. */
  readonly tag: Buffer;
  /** The encoded message. */
  readonly payload: Buffer;
  /** Sent settled: the client will not answer and `onOutcome` is not called. */
  readonly settled: boolean;
  /** The client's verdict, once per delivery. */
  readonly onOutcome?: (settlement: Settlement) => void;
}

export interface Settlement {
  readonly outcome: Outcome;
  /**
   * Settles with the broker's answer, in a disposition of its own: rhea would merge neighbours with
   * different outcomes. Does nothing when the client has settled by itself (`rcv-settle-mode` first).
   */
  reply(outcome: Outcome): void;
}

export interface IncomingAttach extends AttachRequest {
  /** As in `OutgoingAttach`. */
  accept(events: IncomingLinkEvents, options: IncomingAcceptOptions): IncomingLink;
}

export interface IncomingAcceptOptions {
  /** Told to the client, and enforced: a larger message is rejected and never delivered. */
  readonly maxMessageBytes: number;
  readonly properties?: TypedMap;
}

export interface IncomingLinkEvents {
  onDelivery(delivery: IncomingDelivery): void;
  /** Once, when the client detaches, ends its session or is gone. Not after `detach`. */
  onDetached?(cause: DetachCause): void;
}

/** A link on which a client sends. Credit is granted and renewed as deliveries are settled. */
export interface IncomingLink {
  readonly name: string;
  readonly connectionId: string;
  readonly isOpen: boolean;
  detach(error?: ErrorCondition): void;
}

export interface IncomingDelivery {
  /** 0, or `batchMessageFormat`. */
  readonly format: number;
  readonly payload: Buffer;
  /** Tells the client what has become of it. Must be called once for every delivery. */
  settle(outcome: Outcome): void;
}

/** Answers one request. A rejected promise or an exception closes the node's links. */
export type RequestHandler = (request: Request) => Response | Promise<Response>;

export interface Request {
  readonly connectionId: string;
  readonly applicationProperties: TypedMap;
  /** An `amqp-value`, or the bytes of data sections. */
  readonly body: Typed | Buffer | undefined;
  readonly message: RawMessage;
}

export interface Response {
  /** Status code and description among them: Event Hubs and Service Bus spell them differently. */
  readonly applicationProperties: TypedMap;
  readonly body: Typed;
}
