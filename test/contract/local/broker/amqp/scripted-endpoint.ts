import { onTestFinished } from 'vitest';
import {
  encodeSection,
  joinMessage,
  listen,
  wrapString,
  type ConnectionProblem,
  type Endpoint,
  type IncomingAttach,
  type OutgoingAttach,
  type OutgoingDelivery,
  type OutgoingLink,
  type RequestHandler,
} from '../../../../../local/broker/amqp/index.ts';
import type { Flow } from '../../../../../local/broker/amqp/codec/performatives.ts';

export interface Script {
  readonly onOutgoing?: (attach: OutgoingAttach) => void;
  readonly onIncoming?: (attach: IncomingAttach) => void;
  readonly requestHandler?: RequestHandler;
}

export interface Served {
  readonly port: number;
  readonly problems: readonly ConnectionProblem[];
  readonly close: () => Promise<void>;
}

/** Serves an endpoint that does what the test says; requests are answered at `$management`. */
export async function serve(script: Script): Promise<Served> {
  const problems: ConnectionProblem[] = [];
  const refuse = (attach: OutgoingAttach | IncomingAttach): void => {
    attach.refuse({ condition: 'amqp:not-found', description: 'nothing is scripted' });
  };
  const endpoint: Endpoint = {
    attachOutgoing: script.onOutgoing ?? refuse,
    attachIncoming: script.onIncoming ?? refuse,
    requestHandler: (address) => (address === '$management' ? script.requestHandler : undefined),
  };
  const listener = await listen({
    endpoint,
    port: 0,
    onProblem: (problem) => problems.push(problem),
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= listener.close());
  onTestFinished(close);
  return { port: listener.port, problems, close };
}

/** An encoded message with one string as its body. */
export function messageOf(text: string): Buffer {
  return joinMessage([encodeSection('value', wrapString(text))]);
}

export const ignoreDetach = { onDetached: () => undefined };

/** Sends these messages as far as there is credit, then answers a drain. */
export function sendAll(deliveries: OutgoingDelivery[]): (link: OutgoingLink) => void {
  return (link) => {
    while (link.credit > 0) {
      const delivery = deliveries.shift();
      if (delivery === undefined) break;
      link.send(delivery);
    }
    link.drained();
  };
}

export function deliveryOf(
  index: number,
  delivery: Partial<OutgoingDelivery> = {},
): OutgoingDelivery {
  const payload = messageOf(`message ${index}`);
  return { tag: Buffer.from([index]), payload, settled: true, ...delivery };
}

/** A flow for handle 0 of a session that has sent nothing. */
export function flowOf(fields: {
  nextIncomingId: number;
  incomingWindow: number;
  linkCredit?: number;
  drain?: boolean;
}): Flow {
  const { linkCredit, drain = false, ...session } = fields;
  return {
    type: 'flow',
    nextOutgoingId: 0,
    outgoingWindow: 1000,
    ...session,
    ...(linkCredit === undefined ? {} : { handle: 0, deliveryCount: 0, linkCredit, drain }),
  };
}
