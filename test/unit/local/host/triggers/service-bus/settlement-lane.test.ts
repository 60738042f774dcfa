import { describe, expect, it } from 'vitest';
import { SettlementLane } from '../../../../../../local/host/triggers/service-bus/settlement-lane.ts';

describe('the settlement of messages', () => {
  it('waits with another outcome until the pending ones have been answered', async () => {
    const lane = new SettlementLane();
    const answers = [0, 1, 2].map(() => Promise.withResolvers<undefined>());
    const begun: number[] = [];
    const act = (at: number) => async (): Promise<void> => {
      begun.push(at);
      await answers[at]?.promise;
    };
    const settling = [
      lane.settle('complete', act(0)),
      lane.settle('complete', act(1)),
      lane.settle('abandon', act(2)),
    ];
    expect(begun).toEqual([0, 1]);
    answers[0]?.resolve(undefined);
    await settling[0];
    expect(begun).toEqual([0, 1]);
    answers[1]?.resolve(undefined);
    await settling[1];
    answers[2]?.resolve(undefined);
    await settling[2];
    expect(begun).toEqual([0, 1, 2]);
  });

  it('goes on after a settlement that failed', async () => {
    const lane = new SettlementLane();
    const failing = lane.settle('complete', () => Promise.reject(new Error('lock lost')));
    const other = lane.settle('abandon', () => Promise.resolve());
    await expect(failing).rejects.toThrow('lock lost');
    await expect(other).resolves.toBeUndefined();
  });
});
