import { AppError } from '../../../shared/kernel/app-error.ts';
import type { ErrorCondition } from './codec/conditions.ts';
import type { Attach, Flow } from './codec/performatives.ts';
import { addressOf, filterOf, withFilter } from './codec/termini.ts';
import type {
  DetachCause,
  OutgoingAcceptOptions,
  OutgoingAttach,
  OutgoingDelivery,
  OutgoingLink,
  OutgoingLinkEvents,
} from './endpoint.ts';
import { LinkCore, type LinkSession } from './link-core.ts';
import {
  drainCredit,
  noCredit,
  onDeliverySent,
  onLinkFlow,
  type LinkCredit,
} from './state/link-credit.ts';

/** The session as a link sees it that sends. */
export interface SendingSession extends LinkSession {
  /** Sends when the session window allows, in the order of the calls. */
  send(handle: number, delivery: OutgoingDelivery): void;
  /** Runs the action behind everything that has been sent so far. */
  afterSends(action: () => void): void;
  /** Writes a flow frame with the state of the session and the fields of a link. */
  writeFlow(link: Pick<Flow, 'handle' | 'deliveryCount' | 'linkCredit' | 'drain'>): void;
  /** Forgets the unsent and the unsettled deliveries of a link. */
  dropDeliveries(handle: number): void;
}

/** A link on which the broker sends: credit, drain and detach. */
export class SessionOutgoingLink implements OutgoingLink {
  readonly #core: LinkCore;
  readonly #session: SendingSession;
  #events: OutgoingLinkEvents | undefined;
  #credit: LinkCredit = noCredit;

  constructor(session: SendingSession, attach: Attach) {
    this.#session = session;
    this.#core = new LinkCore(session, attach);
  }

  get name(): string {
    return this.#core.attach.name;
  }

  get connectionId(): string {
    return this.#session.connectionId;
  }

  get isOpen(): boolean {
    return this.#core.isOpen;
  }

  get credit(): number {
    return this.#credit.credit;
  }

  get isDraining(): boolean {
    return this.#credit.isDraining;
  }

  describeAttach(): OutgoingAttach {
    const { attach } = this.#core;
    return {
      ...this.#core.describeRequest(),
      targetAddress: addressOf(attach.target),
      filter: filterOf(attach.source),
      isPresettled: attach.sndSettleMode === 1,
      awaitsReply: attach.rcvSettleMode === 1,
      accept: (events, options) => this.#accept(events, options ?? {}),
    };
  }

  send(delivery: OutgoingDelivery): void {
    if (!this.isOpen || this.credit <= 0) {
      throw new AppError('bug', 'A message was sent on a link without credit', {
        kind: 'permanent',
        details: { link: this.name, isOpen: this.isOpen, credit: this.credit },
      });
    }
    this.#credit = onDeliverySent(this.#credit);
    this.#session.send(this.#core.attach.handle, delivery);
  }

  drained(): void {
    if (!this.isOpen || !this.isDraining) return;
    this.#credit = drainCredit(this.#credit);
    const { deliveryCount } = this.#credit;
    const { handle } = this.#core.attach;
    this.#session.afterSends(() => {
      this.#session.writeFlow({ handle, deliveryCount, linkCredit: 0, drain: true });
    });
  }

  detach(error?: ErrorCondition): void {
    if (this.#core.detach(error)) this.#session.dropDeliveries(this.#core.attach.handle);
  }

  onFlow(flow: Flow): void {
    this.#credit = onLinkFlow(this.#credit, flow);
    if (flow.echo === true && this.isOpen) this.#writeState();
    if (this.isOpen) this.#events?.onCredit(this);
  }

  onRemoteDetach(): void {
    this.#session.dropDeliveries(this.#core.attach.handle);
    if (this.#core.onRemoteDetach()) this.#events?.onDetached(this, 'closed');
  }

  onGone(cause: DetachCause): void {
    if (this.#core.onGone()) this.#events?.onDetached(this, cause);
  }

  #accept(events: OutgoingLinkEvents, options: OutgoingAcceptOptions): OutgoingLink {
    const { attach } = this.#core;
    const opened = this.#core.open({
      source:
        options.filter === undefined ? attach.source : withFilter(attach.source, options.filter),
      ...(options.properties === undefined ? {} : { properties: options.properties }),
      maxMessageSize: options.maxMessageBytes,
    });
    if (!opened) return this;
    this.#events = events;
    // Credit may have come while the attach was held.
    if (this.credit > 0) events.onCredit(this);
    return this;
  }

  #writeState(): void {
    const { deliveryCount, credit } = this.#credit;
    const { handle } = this.#core.attach;
    this.#session.afterSends(() => {
      this.#session.writeFlow({ handle, deliveryCount, linkCredit: credit, drain: false });
    });
  }
}
