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
  type RequestHandler,
} from '../../../../../local/broker/amqp/index.ts';

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
