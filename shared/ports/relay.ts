import type { HubMessage } from './hub.ts';

/** A message with the entity it first arrived at: the origin that verdicts are counted under. */
export interface OriginMessage {
  /** The hub, or the Service Bus entity path that a relayed message came from. */
  readonly origin: string;
  /** Body and properties as the producer sent them; position as the hub gave it. */
  readonly message: HubMessage;
  /** The dead letter that the message replays, after those that had led to it; none if it does not. */
  readonly replays?: readonly string[];
}

/**
 * Undoes what the relay did to carry a message through the `bronze-landing` hub: takes its own
 * properties off and fetches a body that was too large for the hub from its blob.
 * Errors: `storage.unavailable` (transient).
 */
export interface RelayUnwrapper {
  unwrap(message: HubMessage, hub: string): Promise<OriginMessage>;
}
