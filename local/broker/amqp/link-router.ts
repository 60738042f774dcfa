import { claimsHandler } from './claims.ts';
import type { Endpoint, IncomingAttach, OutgoingAttach, RequestHandler } from './endpoint.ts';
import { RequestNode } from './request-node.ts';

/** Leads the links of one connection to the endpoint, and those of request nodes to their handler. */
export class LinkRouter {
  readonly #endpoint: Endpoint;
  readonly #onBug: (error: unknown) => void;
  readonly #nodes = new Map<string, RequestNode>();

  constructor(endpoint: Endpoint, onBug: (error: unknown) => void) {
    this.#endpoint = endpoint;
    this.#onBug = onBug;
  }

  attachOutgoing(attach: OutgoingAttach): void {
    const node = this.#nodeAt(attach.address);
    if (node === undefined) this.#endpoint.attachOutgoing(attach);
    else node.attachReplies(attach);
  }

  attachIncoming(attach: IncomingAttach): void {
    const node = this.#nodeAt(attach.address);
    if (node === undefined) this.#endpoint.attachIncoming(attach);
    else node.attachRequests(attach);
  }

  #nodeAt(address: string): RequestNode | undefined {
    const known = this.#nodes.get(address);
    if (known !== undefined) return known;
    const handler = this.#handlerOf(address);
    if (handler === undefined) return undefined;
    const node = new RequestNode(handler, this.#onBug);
    this.#nodes.set(address, node);
    return node;
  }

  #handlerOf(address: string): RequestHandler | undefined {
    return address === '$cbs' ? claimsHandler : this.#endpoint.requestHandler(address);
  }
}
