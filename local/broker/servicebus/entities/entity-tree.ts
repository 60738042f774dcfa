import type { EpochMs } from '../../../../shared/kernel/time.ts';
import { toLockToken } from '../codec/lock-tokens.ts';
import { RuleSet } from '../rules/rule-set.ts';
import type { StoredMessage } from '../state/message.ts';
import type {
  DeadLetterCause,
  QueueIdentifiers,
  QueueOutlets,
  QueueSettings,
} from '../state/queue-parts.ts';
import { BrokerQueue } from '../state/queue.ts';
import type {
  Forwarding,
  NamespaceDefinition,
  QueueDefinition,
  SubscriptionDefinition,
  TopicDefinition,
} from './entity-definitions.ts';

/** One addressable entity. Topics take messages, subscriptions and dead-letter queues give them. */
export type Entity = QueueEntity | SubscriptionEntity;

interface QueueEntity {
  readonly kind: 'queue' | 'deadLetterQueue' | 'topic';
  /** As in the configuration, for example `orders` or `t/Subscriptions/s/$DeadLetterQueue`. */
  readonly path: string;
  readonly queue: BrokerQueue;
  /** It sends every message on: nobody can receive from it. */
  readonly forwards: boolean;
}

export interface SubscriptionEntity {
  readonly kind: 'subscription';
  readonly path: string;
  readonly queue: BrokerQueue;
  readonly forwards: boolean;
  readonly rules: RuleSet;
}

/** Where the ids of a namespace come from: UUIDs as text, lower case. */
export interface IdSource {
  newId(): string;
}

/** Service Bus passes a message on at most this often. */
const maxHops = 4;

const tooManyHops: DeadLetterCause = {
  reason: 'MaxTransferHopCountExceeded',
  description: `The maximum number of allowed hops when forwarding between queues has been exceeded. This value is set to ${maxHops}.`,
};

/** The queues, topics and subscriptions of one namespace, wired to each other. */
export class EntityTree {
  readonly #entities = new Map<string, Entity>();
  readonly #ids: IdSource;

  constructor(definition: NamespaceDefinition, ids: IdSource) {
    this.#ids = ids;
    for (const queue of definition.queues) this.#addQueue(queue);
    for (const topic of definition.topics) this.#addTopic(topic);
  }

  /** Finds an entity by its path without regard to case, for example `t/Subscriptions/s`. */
  find(path: string): Entity | undefined {
    return this.#entities.get(path.toLowerCase());
  }

  /** Brings every entity up to `now`. */
  advance(now: EpochMs): void {
    for (const { queue } of this.#entities.values()) queue.advance(now);
  }

  #addQueue(definition: QueueDefinition): void {
    const path = definition.name;
    const queue = this.#openQueue({ path, ...definition });
    this.#add({ kind: 'queue', path, queue, forwards: definition.forwardTo !== undefined });
  }

  #addTopic(definition: TopicDefinition): void {
    const path = definition.name;
    const subscriptions = definition.subscriptions.map((subscription) =>
      this.#addSubscription(path, subscription),
    );
    const forward = (message: StoredMessage, now: EpochMs): undefined => {
      for (const subscription of subscriptions) this.#deliverTo(subscription, message, now);
    };
    const outlets: QueueOutlets = { forward };
    const identifiers = this.#identifiers();
    const queue = new BrokerQueue(definition.settings, { outlets, identifiers });
    this.#add({ kind: 'topic', path, queue, forwards: true });
  }

  #addSubscription(topic: string, definition: SubscriptionDefinition): SubscriptionEntity {
    const path = `${topic}/Subscriptions/${definition.name}`;
    const queue = this.#openQueue({ path, ...definition });
    const rules = new RuleSet(definition.rules);
    const forwards = definition.forwardTo !== undefined;
    const subscription = { kind: 'subscription', path, queue, forwards, rules } as const;
    this.#add(subscription);
    return subscription;
  }

  /** Opens a queue with its dead-letter queue. */
  #openQueue(
    definition: Forwarding & { readonly path: string; readonly settings: QueueSettings },
  ): BrokerQueue {
    const { path, settings, forwardTo } = definition;
    const identifiers = this.#identifiers();
    const deadLetters = new BrokerQueue(subQueueSettings(settings), { outlets: {}, identifiers });
    this.#add({
      kind: 'deadLetterQueue',
      path: `${path}/$DeadLetterQueue`,
      queue: deadLetters,
      forwards: false,
    });
    const outlets: QueueOutlets = {
      deadLetter: (message, now) => {
        if (!this.#forwardDeadLetter(definition, message, now)) deadLetters.admit(message);
      },
      ...(forwardTo && { forward: (message, now) => this.#pass(forwardTo, message, now) }),
    };
    return new BrokerQueue(settings, { outlets, identifiers });
  }

  #forwardDeadLetter(
    source: Forwarding & { readonly path: string },
    message: StoredMessage,
    now: EpochMs,
  ): boolean {
    const target = source.forwardDeadLetteredMessagesTo;
    if (target === undefined) return false;
    const marked = { ...message, deadLetterSource: source.path };
    return this.#pass(target, marked, now) === undefined;
  }

  /** Sends a message on; the cause if that must not be. */
  #pass(target: string, message: StoredMessage, now: EpochMs): DeadLetterCause | undefined {
    if (message.hops >= maxHops) return tooManyHops;
    const { enqueuedSequenceNumber, deadLetterSource } = message;
    this.find(target)?.queue.submitForwarded(
      {
        message: message.message,
        hops: message.hops + 1,
        enqueuedSequenceNumber,
        deadLetterSource,
      },
      now,
    );
    return undefined;
  }

  #deliverTo(subscription: SubscriptionEntity, sent: StoredMessage, now: EpochMs): void {
    const { message, hops, deadLetterSource, enqueuedSequenceNumber } = sent;
    const context = { message, newId: () => this.#ids.newId() };
    for (const copy of subscription.rules.copiesFor(context)) {
      const submission = { message: copy, hops, deadLetterSource, enqueuedSequenceNumber };
      subscription.queue.submitForwarded(submission, now);
    }
  }

  #identifiers(): QueueIdentifiers {
    let last = 0;
    return {
      nextSequenceNumber: () => ++last,
      newLockToken: () => toLockToken(this.#ids.newId()),
    };
  }

  #add(entity: Entity): void {
    this.#entities.set(entity.path.toLowerCase(), entity);
  }
}

/** Nothing expires, dies again or has a session in a dead-letter queue. */
function subQueueSettings(settings: QueueSettings): QueueSettings {
  return {
    lockDuration: settings.lockDuration,
    maxDeliveryCount: undefined,
    defaultTimeToLive: undefined,
    deadLetteringOnMessageExpiration: false,
    requiresSession: false,
    duplicateDetectionWindow: undefined,
  };
}
