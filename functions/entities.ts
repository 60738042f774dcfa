/** Hubs, topics and queues of this application, by the names that the brokers know them under. */
export const entities = {
  /** The hub that upstream systems send to. */
  eventsHub: 'events',
  /** The internal hub for events that arrive through Service Bus. */
  landingHub: 'bronze-landing',
  upstreamTopic: 'upstream-events',
  relaySubscription: 'bronze-relay',
  /** Where sagas read the same events that the relay lands. */
  sagaSubscription: 'order-sagas',
  ordersQueue: 'orders',
  /** The queue of commands of a participant is named after it. */
  commandQueues: {
    orders: 'orders-commands',
    inventory: 'inventory-commands',
    payment: 'payment-commands',
    warehouse: 'warehouse-commands',
    shipping: 'shipping-commands',
  },
  repliesQueue: 'saga-replies',
  /** What sagas put before a person, until dead letters are ingested. */
  attentionQueue: 'saga-attention',
  /** Events of the choreographed variant; every participant has the subscription of its name. */
  choreographyTopic: 'saga-events',
} as const;

/** The origin under which events of the relayed subscription are counted. */
export const relayOrigin = `${entities.upstreamTopic}/Subscriptions/${entities.relaySubscription}`;
