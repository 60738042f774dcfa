import { describe, expect, it } from 'vitest';
import { partitionOf } from '../../../../../shared/kernel/author.ts';
import { durationMs, epochMs } from '../../../../../shared/kernel/time.ts';
import {
  brokerDeadLetter,
  busDeadLetter,
} from '../../../../../shared/messaging/dead-letters/bus-dead-letter.ts';
import { busMessage } from '../../../../support/bus-messages.ts';

const enqueuedAt = epochMs(Date.parse('2026-11-21T08:00:00Z'));
const now = epochMs(enqueuedAt + 5_000);
const entity = 'topic/Subscriptions/name';
const options = { entity, lock: durationMs(60_000), now };
const rejection = {
  category: 'processing',
  violations: [{ code: 'saga.not_concerned', detail: 'no' }],
} as const;

describe('the dead letter of a Service Bus message', () => {
  it('is the same whether a consumer rejects it or the broker gives it up', () => {
    const message = busMessage({ sequenceNumber: 7, enqueuedAt, deliveryCount: 3 });
    const rejected = busDeadLetter(message, { entity, stage: 'handle', rejection, at: now });
    const givenUp = brokerDeadLetter(message, options);
    expect([givenUp.author, givenUp.sequenceNumber]).toEqual([rejected.author, 7]);
    expect([rejected.deliveryCount, givenUp.deliveryCount]).toEqual([3, 2]);
    expect([rejected.stage, givenUp.stage]).toEqual(['handle', 'deliver']);
  });

  it('differs by entity and by enqueued time, which tells an entity that was created anew', () => {
    const message = busMessage({ enqueuedAt });
    const others = [
      brokerDeadLetter(message, options),
      brokerDeadLetter(message, { ...options, entity: 'orders' }),
      brokerDeadLetter({ ...message, enqueuedAt: now }, options),
    ];
    expect(new Set(others.map(({ author }) => author)).size).toBe(3);
  });

  it('has a position that nobody takes for a partition of a hub', () => {
    const { author } = brokerDeadLetter(busMessage({ enqueuedAt }), {
      ...options,
      entity: 'a/b/c/d',
    });
    expect(partitionOf(author)).toBeUndefined();
  });

  it('takes the cause out of the properties, in any case, and keeps the others', () => {
    const properties = new Map<string, unknown>([
      ['deadLetterReason', 'TTLExpiredException'],
      ['DeadLetterErrorDescription', { a: 1 }],
      ['tenant', 'a'],
    ]);
    const letter = brokerDeadLetter(busMessage({ enqueuedAt, properties }), options);
    expect([...letter.properties]).toEqual([['tenant', 'a']]);
    expect(letter.rejection).toMatchObject({
      category: 'timeout',
      violations: [{ code: 'broker.ttl_expired', detail: 'TTLExpiredException: {"a":1}' }],
    });
  });

  it('goes without what a message lacks', () => {
    const message = busMessage({ enqueuedAt: epochMs(0), contentType: undefined });
    expect(brokerDeadLetter(message, options)).toMatchObject({
      ...{ contentType: null, sessionId: null, partitionKey: null, deliveryCount: null },
      rejection: { violations: [{ code: 'broker.reason_missing' }] },
    });
  });
});
