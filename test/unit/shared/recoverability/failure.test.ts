import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../shared/kernel/app-error.ts';
import { failureOf } from '../../../../shared/recoverability/failure.ts';

const transient = { kind: 'transient' } as const;
const permanent = { kind: 'permanent' } as const;

describe('what was thrown', () => {
  it.each([
    [
      'a refusal',
      new AppError('message.refused', 'no', permanent),
      'permanent content message.refused',
    ],
    [
      'a refusal with a reason',
      new AppError('message.refused', 'no', { ...permanent, details: { code: 'saga.unknown' } }),
      'permanent content saga.unknown',
    ],
    ['a bug of ours', new AppError('bug', 'no', permanent), 'permanent handling bug'],
    [
      'storage that is down',
      new AppError('storage.unavailable', '', transient),
      'transient dependency storage.unavailable',
    ],
    [
      'contention',
      new AppError('saga.contended', '', transient),
      'transient dependency saga.contended',
    ],
    [
      'a saga whose run is gone',
      new AppError('saga.unreachable', '', transient),
      'transient dependency saga.unreachable',
    ],
    [
      'a participant that throws',
      new AppError('participant.failed', '', transient),
      'transient handling participant.failed',
    ],
    ['a slip', new TypeError('x is undefined'), 'permanent handling bug'],
    [
      'a connection that fetch has lost',
      new TypeError('fetch failed', { cause: 1 }),
      'transient handling handler.failed',
    ],
    ['anything else', new Error('?'), 'transient handling handler.failed'],
    ['what is no error', undefined, 'transient handling handler.failed'],
  ])('%s', (_, thrown, expected) => {
    const { kind, blames, code } = failureOf(thrown);
    expect(`${kind} ${blames} ${code}`).toBe(expected);
  });

  it('is described in a bounded and well-formed text, whatever it is', () => {
    const hostile = {
      toString: () => {
        throw new Error('no text');
      },
    };
    for (const thrown of [hostile, new Error('\ud83d'.repeat(3_000)), Symbol('s'), null]) {
      const { detail } = failureOf(thrown);
      expect(detail.length).toBeLessThanOrEqual(1_000);
      expect(detail.isWellFormed()).toBe(true);
    }
  });
});
