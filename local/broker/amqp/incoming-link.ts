import type { ErrorCondition } from './codec/conditions.ts';
import { rejectedWith, type Outcome } from './codec/outcomes.ts';
import type { Attach, Flow, Transfer } from './codec/performatives.ts';
import { emptyMap } from './codec/typed.ts';
import type {
  DetachCause,
  IncomingAcceptOptions,
  IncomingAttach,
  IncomingLink,
  IncomingLinkEvents,
} from './endpoint.ts';
import { LinkCore, type LinkSession } from './link-core.ts';
import { DeliveryAssembler, type AssembledDelivery } from './state/delivery-assembly.ts';
import {
  fullCredit,
  needsCredit,
  onDeliveryReceived,
  onDeliverySettled,
  renewCredit,
  type IncomingCredit,
} from './state/incoming-credit.ts';

/** The session as a link sees it that receives. */
export interface ReceivingSession extends LinkSession {
  writeFlow(link: Pick<Flow, 'handle' | 'deliveryCount' | 'linkCredit'>): void;
}

/** A link on which a client sends: whole deliveries, size limit, credit, settlement. */
export class SessionIncomingLink implements IncomingLink {
  readonly #core: LinkCore;
  readonly #session: ReceivingSession;
  #open: { readonly events: IncomingLinkEvents; readonly assembler: DeliveryAssembler } | undefined;
  #credit: IncomingCredit = fullCredit;
  #maxMessageBytes = 0;

  constructor(session: ReceivingSession, attach: Attach) {
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

  describeAttach(): IncomingAttach {
    return {
      ...this.#core.describeRequest(),
      accept: (events, options) => this.#accept(events, options),
    };
  }

  detach(error?: ErrorCondition): void {
    this.#core.detach(error);
  }

  onTransfer(transfer: Transfer, payload: Buffer): void {
    if (this.#open === undefined || !this.isOpen) return;
    const assembly = this.#open.assembler.add(transfer, payload);
    switch (assembly.type) {
      case 'incomplete':
        return;
      case 'complete':
        this.#deliver(assembly.delivery, this.#open.events);
        return;
      case 'aborted':
        this.#credit = onDeliverySettled(onDeliveryReceived(this.#credit));
        this.#renewCredit();
        return;
      case 'too-large':
        this.#refuse(assembly.delivery, assembly.sizeBytes);
        return;
      case 'malformed':
        this.detach({ condition: 'amqp:not-allowed', description: assembly.problem });
    }
  }

  onRemoteDetach(): void {
    if (this.#core.onRemoteDetach()) this.#open?.events.onDetached?.('closed');
  }

  onGone(cause: DetachCause): void {
    if (this.#core.onGone()) this.#open?.events.onDetached?.(cause);
  }

  #accept(events: IncomingLinkEvents, options: IncomingAcceptOptions): IncomingLink {
    const opened = this.#core.open({
      maxMessageSize: options.maxMessageBytes,
      properties: options.properties ?? emptyMap,
    });
    if (!opened) return this;
    this.#maxMessageBytes = options.maxMessageBytes;
    this.#open = { events, assembler: new DeliveryAssembler(options.maxMessageBytes) };
    this.#grantCredit();
    return this;
  }

  #deliver(delivery: AssembledDelivery, events: IncomingLinkEvents): void {
    if (this.#credit.credit <= 0) {
      this.detach({
        condition: 'amqp:link:transfer-limit-exceeded',
        description: 'A message was sent without credit.',
      });
      return;
    }
    this.#credit = onDeliveryReceived(this.#credit);
    let isSettled = false;
    events.onDelivery({
      format: delivery.format,
      payload: delivery.payload,
      settle: (outcome) => {
        if (isSettled) return;
        isSettled = true;
        this.#settle(delivery, outcome);
      },
    });
  }

  /** As the service does: the sender of a settled delivery can only be told by closing its link. */
  #refuse(delivery: AssembledDelivery, sizeBytes: number): void {
    const error = sizeExceeded(delivery.deliveryId, sizeBytes, this.#maxMessageBytes);
    this.#credit = onDeliveryReceived(this.#credit);
    if (delivery.settled) this.detach(error);
    else this.#settle(delivery, rejectedWith(error));
  }

  #settle(delivery: AssembledDelivery, outcome: Outcome): void {
    this.#credit = onDeliverySettled(this.#credit);
    if (!this.isOpen) return;
    if (!delivery.settled) {
      this.#session.write({
        type: 'disposition',
        role: 'receiver',
        first: delivery.deliveryId,
        settled: true,
        outcome,
      });
    }
    this.#renewCredit();
  }

  #renewCredit(): void {
    if (!needsCredit(this.#credit)) return;
    this.#credit = renewCredit(this.#credit);
    this.#grantCredit();
  }

  #grantCredit(): void {
    const { deliveryCount, credit } = this.#credit;
    const { handle } = this.#core.attach;
    this.#session.writeFlow({ handle, deliveryCount, linkCredit: credit });
  }
}

function sizeExceeded(deliveryId: number, sizeBytes: number, maxBytes: number): ErrorCondition {
  return {
    condition: 'amqp:link:message-size-exceeded',
    description:
      `The received message (delivery-id:${deliveryId}, size:${sizeBytes} bytes) exceeds the limit ` +
      `(${maxBytes} bytes) currently allowed on the link.`,
  };
}
