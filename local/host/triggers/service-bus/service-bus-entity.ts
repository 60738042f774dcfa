import type { OptionReader } from '../../settings/option-reader.ts';

type SubQueue = 'deadLetter' | 'transferDeadLetter';

/** Where messages are received from. */
export type ServiceBusEntity = (
  | { readonly kind: 'queue'; readonly queue: string }
  | { readonly kind: 'subscription'; readonly topic: string; readonly subscription: string }
) & { readonly subQueue: SubQueue | undefined };

const subQueues: readonly (readonly [suffix: string, SubQueue])[] = [
  ['/$transfer/$deadletterqueue', 'transferDeadLetter'],
  ['/$deadletterqueue', 'deadLetter'],
];

/** Reads `queueName`, or `topicName` and `subscriptionName`; either may end in `/$DeadLetterQueue`. */
export function readEntity(options: OptionReader): ServiceBusEntity {
  const topic = options.text('topicName');
  if (topic === undefined) {
    const { name, subQueue } = splitSubQueue(options.requiredText('queueName'));
    return { kind: 'queue', queue: name, subQueue };
  }
  const { name, subQueue } = splitSubQueue(options.requiredText('subscriptionName'));
  return { kind: 'subscription', topic, subscription: name, subQueue };
}

/** The entity's path as Service Bus writes it. */
export function entityPath(entity: ServiceBusEntity): string {
  const path =
    entity.kind === 'queue' ? entity.queue : `${entity.topic}/Subscriptions/${entity.subscription}`;
  return entity.subQueue === undefined ? path : `${path}/$DeadLetterQueue`;
}

function splitSubQueue(text: string): { name: string; subQueue: SubQueue | undefined } {
  const found = subQueues.find(([suffix]) => text.toLowerCase().endsWith(suffix));
  if (found === undefined) return { name: text, subQueue: undefined };
  return { name: text.slice(0, -found[0].length), subQueue: found[1] };
}
