import { authorOutsideHubs } from '../../../shared/kernel/author.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import type { DeadMessage } from '../../../shared/ports/dead-letters.ts';

/** When the message of the tests was enqueued. */
export const enqueuedAt = '2026-11-21T08:00:00.000Z';
export const relayOrigin = 'upstream-events/Subscriptions/bronze-relay';

/** A message that expired in the subscription of the relay; a test says what it wants otherwise. */
export function deadMessage(fields: Partial<DeadMessage> = {}): DeadMessage {
  const origin = fields.origin ?? relayOrigin;
  return {
    author: authorOutsideHubs('bus', origin, enqueuedAt),
    sequenceNumber: 41,
    origin,
    stage: 'deliver',
    partitionId: '0',
    offset: enqueuedAt,
    rejection: {
      category: 'timeout',
      violations: [{ code: 'broker.ttl_expired', detail: 'It expired.' }],
    },
    deadLetteredAt: epochMs(Date.parse('2026-11-21T09:00:00Z')),
    deliveryCount: 3,
    contentType: 'application/cloudevents+json',
    sessionId: 'SO-1',
    partitionKey: null,
    properties: new Map<string, unknown>([['tenant', 'a']]),
    body: Buffer.from('{}'),
    ...fields,
  };
}
