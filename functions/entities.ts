import { participantNames, type ParticipantName } from '../domain/messages.ts';
import type { Config } from '../shared/config/config.ts';

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
  /** The internal queue of replays for consumers that share their hub or topic with others. */
  replaysQueue: 'dead-letter-replays',
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
  entities.replaysQueue,
  ...participantNames.map((name) => subscriptionPath(entities.choreographyTopic, name)),
];

/** Consumers of ours that share where they read, by the origins of their dead letters. */
export interface SharedConsumers {
  /** They all are the one way into Bronze. */
  readonly bronze: readonly string[];
  /** They start and cancel sagas. */
  readonly sagaEvents: readonly string[];
  /** Of the choreographed variant alone. */
  readonly choreographed: readonly {
    readonly participant: ParticipantName;
    readonly consumer: string;
  }[];
}

export function consumers({ hubs, sagas }: Pick<Config, 'hubs' | 'sagas'>): SharedConsumers {
  const { eventsHub, landingHub, upstreamTopic, sagaSubscription, choreographyTopic } = entities;
  return {
    bronze: [eventsHub, landingHub, relayOrigin],
    sagaEvents: [
      `${eventsHub}/ConsumerGroups/${hubs.sagaGroup}`,
      subscriptionPath(upstreamTopic, sagaSubscription),
    ],
    choreographed:
      sagas.variant === 'choreography'
        ? participantNames.map((participant) => ({
            participant,
            consumer: subscriptionPath(choreographyTopic, participant),
          }))
        : [],
  };
}

/**
 * An entity as this application spells it; Service Bus does not tell case. A dead letter's position
 * contains its entity, so that one spelled otherwise would be another dead letter.
 */
export function spellEntity(path: string): string {
  const lower = path.toLowerCase();
  return busEntities.find((entity) => entity.toLowerCase() === lower) ?? path;
}
