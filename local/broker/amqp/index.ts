/**
 * An AMQP 1.0 server for the clients of Event Hubs and Service Bus: implement `Endpoint`, then
 * `listen`. `codec/` is bytes, `state/` is pure protocol state, the rest is I/O.
 */
export type {
  Endpoint,
  IncomingAttach,
  IncomingDelivery,
  IncomingLinkEvents,
  OutgoingAcceptOptions,
  OutgoingAttach,
  OutgoingDelivery,
  OutgoingLink,
  Request,
  RequestHandler,
  Response,
  Settlement,
} from './endpoint.ts';
export type { ConnectionProblem } from './connection.ts';
export { listen, type Listener } from './listener.ts';
export type { ErrorCondition } from './codec/conditions.ts';
export { accepted, rejectedWith, released, type Outcome } from './codec/outcomes.ts';
export * from './codec/message.ts';
export * from './codec/properties.ts';
export * from './codec/typed.ts';
