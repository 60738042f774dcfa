/** Hubs, topics and queues of this application, by the names that the brokers know them under. */
export const entities = {
  /** The hub that upstream systems send to. */
  eventsHub: 'events',
  /** The internal hub for events that arrive through Service Bus. */
  landingHub: 'bronze-landing',
  upstreamTopic: 'upstream-events',
  relaySubscription: 'bronze-relay',
  ordersQueue: 'orders',
} as const;

/** The origin under which events of the relayed subscription are counted. */
export const relayOrigin = `${entities.upstreamTopic}/Subscriptions/${entities.relaySubscription}`;
