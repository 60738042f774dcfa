import { assertNever } from '../../../shared/kernel/assert-never.ts';
import type {
  Attach,
  Begin,
  Detach,
  Disposition,
  Flow,
  Performative,
  Transfer,
} from './codec/performatives.ts';
import type { DetachCause, OutgoingDelivery } from './endpoint.ts';
import { SessionIncomingLink } from './incoming-link.ts';
import type { LinkRouter } from './link-router.ts';
import { SessionOutgoingLink, type SendingSession } from './outgoing-link.ts';
import { SendQueue } from './send-queue.ts';
import {
  needsNewWindow,
  onFlow,
  onTransferReceived,
  onTransferSent,
  openWindow,
  renewWindow,
  type SessionWindow,
} from './state/session-window.ts';
import { UnsettledDeliveries } from './unsettled-deliveries.ts';

/** The connection as a session sees it. */
export interface SessionChannel {
  readonly connectionId: string;
  /** The greatest part of a message that fits one transfer frame. */
  readonly maxPayloadBytes: number;
  write(performative: Performative, payload?: Buffer): void;
}

/** The frames that belong to a session. */
export type SessionPerformative = Attach | Flow | Transfer | Disposition | Detach;

export function isSessionPerformative(
  performative: Performative,
): performative is SessionPerformative {
  return sessionTypes.has(performative.type);
}

const sessionTypes: ReadonlySet<Performative['type']> = new Set([
  'attach',
  'flow',
  'transfer',
  'disposition',
  'detach',
]);

type SessionLink = SessionIncomingLink | SessionOutgoingLink;

/**
 * A session: its window, its links and what they have sent. Frames for a handle that is not
 * attached are dropped, because clients send dispositions and flows after they have detached.
 */
export class Session implements SendingSession {
  readonly #channel: SessionChannel;
  readonly #router: LinkRouter;
  readonly #links = new Map<number, SessionLink>();
  readonly #unsettled: UnsettledDeliveries;
  readonly #queue: SendQueue;
  #window: SessionWindow;
  #nextDeliveryId = 0;
  #isOver = false;

  constructor(channel: SessionChannel, begin: Begin, router: LinkRouter) {
    this.#channel = channel;
    this.#router = router;
    this.#window = openWindow(begin);
    this.#unsettled = new UnsettledDeliveries((disposition) => {
      this.write(disposition);
    });
    this.#queue = new SendQueue(channel.maxPayloadBytes);
  }

  get connectionId(): string {
    return this.#channel.connectionId;
  }

  /** Answers the client's begin. */
  open(remoteChannel: number): void {
    const { nextOutgoingId, incomingWindow } = this.#window;
    this.write({ type: 'begin', remoteChannel, nextOutgoingId, incomingWindow, outgoingWindow });
  }

  /** False when the frame is an attach for a handle that is in use. */
  onFrame(performative: SessionPerformative, payload: Buffer): boolean {
    switch (performative.type) {
      case 'attach':
        return this.#onAttach(performative);
      case 'flow':
        this.#onFlow(performative);
        return true;
      case 'transfer':
        this.#onTransfer(performative, payload);
        return true;
      case 'disposition':
        // Ours as receiver are final: what the sender says about them changes nothing.
        if (performative.role === 'receiver') this.#unsettled.onDisposition(performative);
        return true;
      case 'detach':
        this.#links.get(performative.handle)?.onRemoteDetach();
        return true;
      default:
        return assertNever(performative);
    }
  }

  #onAttach(attach: Attach): boolean {
    if (this.#links.has(attach.handle)) return false;
    if (attach.role === 'receiver') {
      const link = new SessionOutgoingLink(this, attach);
      this.#links.set(attach.handle, link);
      this.#router.attachOutgoing(link.describeAttach());
    } else {
      const link = new SessionIncomingLink(this, attach);
      this.#links.set(attach.handle, link);
      this.#router.attachIncoming(link.describeAttach());
    }
    return true;
  }

  #onFlow(flow: Flow): void {
    this.#window = onFlow(this.#window, flow);
    this.#flush();
    const link = flow.handle === undefined ? undefined : this.#links.get(flow.handle);
    if (link instanceof SessionOutgoingLink) link.onFlow(flow);
    if (flow.handle === undefined && flow.echo === true) this.writeFlow({});
  }

  #onTransfer(transfer: Transfer, payload: Buffer): void {
    this.#window = onTransferReceived(this.#window);
    if (needsNewWindow(this.#window)) {
      this.#window = renewWindow(this.#window);
      this.writeFlow({});
    }
    const link = this.#links.get(transfer.handle);
    if (link instanceof SessionIncomingLink) link.onTransfer(transfer, payload);
  }

  /** The client has ended the session or closed the connection, or the connection is lost. */
  onGone(cause: DetachCause): void {
    this.#isOver = true;
    const links = [...this.#links.values()];
    this.#links.clear();
    for (const link of links) link.onGone(cause);
  }

  /** Writes nothing when the session is over: clients take a late frame for a broken connection. */
  write(performative: Performative, payload?: Buffer): void {
    if (!this.#isOver) this.#channel.write(performative, payload);
  }

  writeFlow(link: Pick<Flow, 'handle' | 'deliveryCount' | 'linkCredit' | 'drain'>): void {
    const { nextIncomingId, incomingWindow, nextOutgoingId } = this.#window;
    this.write({
      type: 'flow',
      nextIncomingId,
      incomingWindow,
      nextOutgoingId,
      outgoingWindow,
      ...link,
    });
  }

  send(handle: number, delivery: OutgoingDelivery): void {
    this.#queue.push(handle, delivery);
    this.#flush();
  }

  afterSends(action: () => void): void {
    this.#queue.pushAction(action);
    this.#flush();
  }

  dropDeliveries(handle: number): void {
    this.#queue.dropLink(handle);
    this.#unsettled.dropLink(handle);
  }

  forget(handle: number): void {
    this.#links.delete(handle);
  }

  #flush(): void {
    this.#queue.flush({
      hasRoom: () => this.#window.remoteIncomingWindow > 0,
      startDelivery: (handle, delivery) => this.#startDelivery(handle, delivery),
      writeTransfer: (transfer, payload) => {
        this.#window = onTransferSent(this.#window);
        this.write(transfer, payload);
      },
    });
  }

  #startDelivery(handle: number, delivery: OutgoingDelivery): number {
    const deliveryId = this.#nextDeliveryId;
    this.#nextDeliveryId = (deliveryId + 1) >>> 0;
    if (!delivery.settled) this.#unsettled.add(deliveryId, handle, delivery);
    return deliveryId;
  }
}

/** We never wait for our own window: what the peer takes is what limits us. */
const outgoingWindow = 0x7fffffff;
