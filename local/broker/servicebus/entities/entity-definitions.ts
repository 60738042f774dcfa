import type { Rule } from '../rules/rule.ts';
import type { QueueSettings } from '../state/queue-parts.ts';

/** Where an entity sends its messages on; absent means it keeps them. */
export interface Forwarding {
  readonly forwardTo: string | undefined;
  readonly forwardDeadLetteredMessagesTo: string | undefined;
}

export interface QueueDefinition extends Forwarding {
  readonly name: string;
  readonly settings: QueueSettings;
}

export interface SubscriptionDefinition extends Forwarding {
  readonly name: string;
  readonly settings: QueueSettings;
  readonly rules: readonly Rule[];
}

export interface TopicDefinition {
  readonly name: string;
  readonly settings: QueueSettings;
  readonly subscriptions: readonly SubscriptionDefinition[];
}

/** The entities of one namespace; names are unique without regard to case. */
export interface NamespaceDefinition {
  readonly queues: readonly QueueDefinition[];
  readonly topics: readonly TopicDefinition[];
}
