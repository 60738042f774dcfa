import {
  applicationPropertiesSection,
  bodyOf,
  encodeSection,
  joinMessage,
  mapSectionOf,
  splitMessage,
  type RawMessage,
} from './codec/message.ts';
import { accepted, rejectedWith } from './codec/outcomes.ts';
import { plainProperty, propertiesOf, propertiesSection } from './codec/properties.ts';
import { typedNull } from './codec/typed.ts';
import type {
  IncomingAttach,
  IncomingDelivery,
  IncomingLink,
  OutgoingAttach,
  OutgoingLink,
  RequestHandler,
  Response,
} from './endpoint.ts';

/** A management request is small; the greatest carries messages to schedule. */
const maxRequestBytes = 1024 * 1024;

interface ReplyLink {
  readonly link: OutgoingLink;
  /** Answers that wait for credit. */
  readonly waiting: Buffer[];
}

/**
 * A request/response node as one connection sees it: requests come on one link, answers go out on
 * another, which requests name by its link name or target address in `reply-to`.
 */
export class RequestNode {
  readonly #handler: RequestHandler;
  readonly #onBug: (error: unknown) => void;
  readonly #replyLinks = new Map<string, ReplyLink>();
  #sentCount = 0;

  constructor(handler: RequestHandler, onBug: (error: unknown) => void) {
    this.#handler = handler;
    this.#onBug = onBug;
  }

  attachReplies(attach: OutgoingAttach): void {
    const names = new Set([attach.linkName, attach.targetAddress]);
    const waiting: Buffer[] = [];
    const link = attach.accept({
      onCredit: (open) => {
        this.#sendWaiting({ link: open, waiting });
        open.drained();
      },
      onDetached: () => {
        for (const name of names) this.#replyLinks.delete(name);
      },
    });
    for (const name of names) if (name !== '') this.#replyLinks.set(name, { link, waiting });
  }

  attachRequests(attach: IncomingAttach): void {
    const link = attach.accept(
      {
        onDelivery: (delivery) => {
          this.#onRequest(delivery, link, attach.connectionId).catch(this.#onBug);
        },
      },
      { maxMessageBytes: maxRequestBytes },
    );
  }

  async #onRequest(
    delivery: IncomingDelivery,
    link: IncomingLink,
    connectionId: string,
  ): Promise<void> {
    const message = splitMessage(delivery.payload);
    if (!message.ok) {
      delivery.settle(
        rejectedWith({ condition: 'amqp:decode-error', description: message.problem }),
      );
      return;
    }
    delivery.settle(accepted);
    try {
      const response = await this.#handler(toRequest(message.value, connectionId));
      this.#reply(message.value, response);
    } catch (error) {
      link.detach({
        condition: 'amqp:internal-error',
        description: 'The request broke the broker.',
      });
      throw error;
    }
  }

  #reply(request: RawMessage, response: Response): void {
    const replyTo = plainProperty(propertiesOf(request), 'replyTo');
    const replyLink = typeof replyTo === 'string' ? this.#replyLinks.get(replyTo) : undefined;
    if (replyLink === undefined) return;
    replyLink.waiting.push(encodeResponse(request, response));
    this.#sendWaiting(replyLink);
  }

  #sendWaiting({ link, waiting }: ReplyLink): void {
    while (link.isOpen && link.credit > 0) {
      const payload = waiting.shift();
      if (payload === undefined) return;
      const tag = Buffer.alloc(4);
      tag.writeUInt32BE(this.#sentCount++ >>> 0);
      link.send({ tag, payload, settled: true });
    }
  }
}

function toRequest(message: RawMessage, connectionId: string): Parameters<RequestHandler>[0] {
  return {
    connectionId,
    applicationProperties: mapSectionOf(message, 'application-properties'),
    body: bodyOf(message),
    message,
  };
}

function encodeResponse(request: RawMessage, response: Response): Buffer {
  const messageId = propertiesOf(request).get('messageId') ?? typedNull;
  return joinMessage([
    propertiesSection(new Map([['correlationId', messageId]])),
    applicationPropertiesSection(response.applicationProperties),
    encodeSection('value', response.body),
  ]);
}
