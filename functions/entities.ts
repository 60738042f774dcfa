import { participantNames } from '../domain/messages.ts';

/** Hubs, topics and queues of this application, by the names that the brokers know them under. */
export const entities = {
  /** The hub that upstream systems send to. */
  eventsHub: 'events',
  /** The internal hub for events that arrive through Service Bus. */
  landingHub: 'bronze-landing',
  /** The internal hub for what died outside the Bronze consumer. */
  deadLettersHub: 'dead-letters',
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
  /** Events of the choreographed variant; every participant has the subscription of its name. */
  choreographyTopic: 'saga-events',
} as const;

/** The path of a subscription, as Service Bus writes it. */
export function subscriptionPath(topic: string, subscription: string): string {
  return `${topic}/Subscriptions/${subscription}`;
}

/** The origin under which events of the relayed subscription are counted. */
export const relayOrigin = subscriptionPath(entities.upstreamTopic, entities.relaySubscription);

/** Every queue and subscription that a function of this application reads, in either variant. */
export const busEntities: readonly string[] = [
  relayOrigin,
  subscriptionPath(entities.upstreamTopic, entities.sagaSubscription),
  entities.ordersQueue,
  ...Object.values(entities.commandQueues),
  entities.repliesQueue,
  ...participantNames.map((name) => subscriptionPath(entities.choreographyTopic, name)),
];

/**
 * An entity as this application spells it; Service Bus does not tell case. A dead letter's position
 * contains its entity, so that one spelled otherwise would be another dead letter.
 */
export function spellEntity(path: string): string {
  const lower = path.toLowerCase();
  return busEntities.find((entity) => entity.toLowerCase() === lower) ?? path;
}
