import { describe, expect, it } from 'vitest';
import { durationMs } from '../../../../../shared/kernel/time.ts';
import {
  rejectionOfDeath,
  type BrokerDeath,
} from '../../../../../shared/messaging/dead-letters/broker-death.ts';

const lock = durationMs(60_000);
const failures = 'processing broker.deliveries_exceeded';
const lostLocks = 'timeout broker.lock_expired';

function judged(death: Partial<BrokerDeath>): string {
  const { category, violations } = rejectionOfDeath({
    ...{ reason: undefined, description: undefined, deliveryCount: 10, age: durationMs(0), lock },
    ...death,
  });
  return `${category} ${violations[0].code}`;
}

describe('why a message died at the broker', () => {
  it.each([
    ['TTLExpiredException', 'timeout broker.ttl_expired'],
    ['HeaderSizeExceeded', 'processing broker.header_size_exceeded'],
    ['MaxTransferHopCountExceeded', 'processing broker.hops_exceeded'],
    ['Session ID is null.', 'processing broker.session_missing'],
    [undefined, 'processing broker.reason_missing'],
    ['', 'processing broker.reason_missing'],
    ['schema.data.required:order_id', 'schema schema.data.required:order_id'],
    ['envelope.id.not_uuid', 'schema envelope.id.not_uuid'],
    ['SchemaValidationFailed', 'schema reason.SchemaValidationFailed'],
    ['DeserializationError', 'schema reason.DeserializationError'],
    ['PoisonMessage', 'poison reason.PoisonMessage'],
    ['HandlerTimeout', 'timeout reason.HandlerTimeout'],
    ['timed out', 'timeout reason.other'],
    ['CreditRefused', 'processing reason.CreditRefused'],
    ['../$metadata', 'processing reason.other'],
    ['__proto__', 'processing reason.other'],
    ['x'.repeat(5_000), 'processing reason.other'],
  ])('takes the reason %j for %s', (reason, expected) => {
    expect(judged({ reason })).toBe(expected);
  });

  it.each([
    ['before so many locks can have been lost', 10 * 60_000 - 1, failures],
    ['when so many locks have been lost', 10 * 60_000, lostLocks],
    ['a lock and the time of the way later', 11 * 60_000 + 29_999, lostLocks],
    ['when it has waited as well', 11 * 60_000 + 30_000, failures],
  ])('tells lost locks by the age of the message: %s', (_, ms, expected) => {
    const age = durationMs(ms);
    expect(judged({ reason: 'MaxDeliveryCountExceeded', age })).toBe(expected);
  });

  it('believes a description that speaks of the lock, and knows nothing without a count', () => {
    const reason = 'MaxDeliveryCountExceeded';
    expect(judged({ reason, description: 'The lock has expired 10 times.' })).toMatch(/^timeout/);
    expect(judged({ reason, deliveryCount: null, age: lock })).toMatch(/^processing/);
    expect(judged({ reason, deliveryCount: 0, age: lock })).toMatch(/^processing/);
  });

  it('keeps reason and description for a person, cut, and in well-formed text', () => {
    const [{ detail }] = rejectionOfDeath({
      ...{ reason: 'Odd; reason', description: `\ud800${'d'.repeat(9_000)}` },
      ...{ deliveryCount: null, age: durationMs(0), lock },
    }).violations;
    expect(detail).toHaveLength('Odd; reason: '.length + 1_000);
    expect(detail.isWellFormed()).toBe(true);
    expect(detail).toMatch(/^Odd; reason: \ufffdd/);
  });
});
