import { describe, expect, it } from 'vitest';
import {
  accepted,
  rejectedWith,
  released,
  wrapInt,
  wrapString,
  type Outcome,
} from '../../../../../../local/broker/amqp/index.ts';
import {
  toReply,
  toSettlement,
} from '../../../../../../local/broker/servicebus/protocol/settlements.ts';

function modified(undeliverableHere: boolean): Outcome {
  const annotations = new Map([['a', wrapInt(1)]]);
  return { type: 'modified', deliveryFailed: true, undeliverableHere, annotations };
}

const deadLetter = rejectedWith({
  condition: 'com.microsoft:dead-letter',
  description: '',
  info: new Map([
    ['DeadLetterReason', wrapString('why')],
    ['DeadLetterErrorDescription', wrapString('because')],
    ['extra', wrapInt(2)],
  ]),
});

describe('The outcome of a delivery', () => {
  it('says what becomes of the message', () => {
    expect(toSettlement(accepted)).toEqual({ action: 'complete' });
    expect(toSettlement(released)).toEqual({ action: 'abandon' });
    expect(toSettlement(modified(false))).toMatchObject({ action: 'abandon' });
    expect(toSettlement(modified(true))).toMatchObject({ action: 'defer' });
    const settlement = toSettlement(deadLetter);
    expect(settlement).toMatchObject({
      action: 'deadLetter',
      cause: { reason: 'why', description: 'because' },
    });
    const changes = settlement.action === 'deadLetter' ? settlement.changes : undefined;
    expect([...(changes ?? [])].map(([name, { value }]) => [name, value])).toEqual([['extra', 2n]]);
  });

  it('dead-letters on any rejection, with or without a reason', () => {
    expect(toSettlement({ type: 'rejected', error: undefined })).toMatchObject({
      action: 'deadLetter',
      cause: { reason: undefined, description: undefined },
    });
  });

  it('is confirmed as it was, but never by a rejection, which clients take for a failure', () => {
    const done = { ok: true, value: undefined } as const;
    expect(toReply(accepted, done)).toBe(accepted);
    expect(toReply(deadLetter, done)).toBe(accepted);
    expect(toReply(modified(true), done)).toMatchObject({ type: 'modified' });
  });

  it.each([
    ['lockLost', 'com.microsoft:message-lock-lost'],
    ['sessionLockLost', 'com.microsoft:session-lock-lost'],
    ['notAllowed', 'amqp:not-allowed'],
  ] as const)('is refused as %s by %s', (problem, condition) => {
    expect(toReply(accepted, { ok: false, problem })).toMatchObject({
      type: 'rejected',
      error: { condition },
    });
  });
});
