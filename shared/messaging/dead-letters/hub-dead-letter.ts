import { authorOf, type HubPartition } from '../../kernel/author.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { DeadMessage } from '../../ports/dead-letters.ts';
import type { Rejection } from '../../ports/events.ts';
import type { HubMessage } from '../../ports/hub.ts';

/** How a message of a hub died at one of its consumer groups. */
export interface HubDeath {
  readonly partition: HubPartition;
  readonly rejection: Rejection;
  readonly at: EpochMs;
  /** Places in a JSON batch of the events that did not die. */
  readonly judged: readonly number[];
}

/**
 * The dead letter of a message that a consumer of a hub rejects. Its origin names the consumer group,
 * because the others have handled the message.
 */
export function hubDeadLetter(message: HubMessage, death: HubDeath): DeadMessage {
  const { partition, rejection, at, judged } = death;
  return {
    author: authorOf(partition),
    sequenceNumber: message.sequenceNumber,
    origin: `${partition.hub}/ConsumerGroups/${partition.consumerGroup}`,
    stage: 'handle',
    partitionId: partition.partitionId,
    offset: message.offset,
    rejection,
    deadLetteredAt: at,
    deliveryCount: null,
    contentType: message.contentType ?? null,
    sessionId: null,
    partitionKey: null,
    properties: message.properties,
    body: message.body,
    judged,
  };
}
