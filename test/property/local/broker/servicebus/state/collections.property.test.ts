import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeadlineQueue } from '../../../../../../local/broker/servicebus/state/deadline-queue.ts';
import type { StoredMessage } from '../../../../../../local/broker/servicebus/state/message.ts';
import { SequenceIndex } from '../../../../../../local/broker/servicebus/state/sequence-index.ts';
import { at, messageOf, noon } from '../../../../../unit/local/broker/servicebus/messages.ts';

function stored(sequenceNumber: number): StoredMessage {
  return {
    sequenceNumber,
    enqueuedSequenceNumber: sequenceNumber,
    enqueuedAt: noon,
    expiresAt: undefined,
    deadLetterSource: undefined,
    hops: 0,
    message: messageOf(),
    state: 'active',
    deliveryCount: 0,
    lockToken: undefined,
  };
}

describe('The index of messages by sequence number', () => {
  it('behaves as a sorted list', () => {
    const operation = fc.record({ inserts: fc.boolean(), number: fc.nat(60), from: fc.nat(60) });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 150, size: 'max' }), (operations) => {
        const index = new SequenceIndex();
        const model = new Set<number>();
        for (const { inserts, number, from } of operations) {
          if (!inserts) expect(index.delete(number)).toBe(model.delete(number));
          else if (!model.has(number)) {
            model.add(number);
            index.insert(stored(number));
          }
          const sorted = [...model].sort((left, right) => left - right);
          expect(index.size).toBe(sorted.length);
          expect(index.first()?.sequenceNumber).toBe(sorted[0]);
          expect(index.find(number)?.sequenceNumber).toBe(model.has(number) ? number : undefined);
          expect([...index.from(from)].map((message) => message.sequenceNumber)).toEqual(
            sorted.filter((each) => each >= from),
          );
        }
      }),
    );
  });

  it('keeps its order through thousands of takes from the front', () => {
    const index = new SequenceIndex();
    for (let number = 1; number <= 5000; number++) index.insert(stored(number));
    for (let number = 1; number <= 4990; number++) {
      expect(index.first()?.sequenceNumber).toBe(number);
      index.delete(number);
    }
    index.insert(stored(3));
    expect([...index.from(0)].map(({ sequenceNumber }) => sequenceNumber)).toEqual([
      3, 4991, 4992, 4993, 4994, 4995, 4996, 4997, 4998, 4999, 5000,
    ]);
  });
});

describe('The queue of deadlines', () => {
  it('gives out what is due, once, earliest first, at the time last set', () => {
    const operation = fc.oneof(
      fc.record({ type: fc.constant('set' as const), key: fc.nat(15), ms: fc.nat(100) }),
      fc.record({ type: fc.constant('delete' as const), key: fc.nat(15), ms: fc.constant(0) }),
      fc.record({ type: fc.constant('take' as const), key: fc.constant(0), ms: fc.nat(100) }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200, size: 'max' }), (operations) => {
        const queue = new DeadlineQueue<number>();
        const model = new Map<number, number>();
        for (const { type, key, ms } of operations) {
          if (type === 'set') {
            queue.set(key, at(ms));
            model.set(key, ms);
          } else if (type === 'delete') {
            queue.delete(key);
            model.delete(key);
          } else {
            const taken = queue.takeDue(at(ms));
            const times = taken.map((each) => model.get(each) ?? Infinity);
            expect(times).toEqual([...times].sort((left, right) => left - right));
            const due = [...model].filter(([, time]) => time <= ms).map(([each]) => each);
            expect([...taken].sort()).toEqual(due.sort());
            for (const each of taken) model.delete(each);
          }
        }
      }),
    );
  });

  it('needs no more memory however often a deadline is moved', () => {
    const queue = new DeadlineQueue<string>();
    for (let ms = 0; ms < 100_000; ms++) queue.set('only', at(ms));
    expect(queue.takeDue(at(99_998))).toEqual([]);
    expect(queue.takeDue(at(99_999))).toEqual(['only']);
  });
});
