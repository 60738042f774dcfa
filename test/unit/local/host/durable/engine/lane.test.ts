import { describe, expect, it } from 'vitest';
import { KeyedLock } from '../../../../../../local/host/durable/engine/keyed-lock.ts';
import { Lane } from '../../../../../../local/host/durable/engine/lane.ts';

function gate(): { open: () => void; passed: Promise<undefined> } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    passed: promise,
    open: () => {
      resolve(undefined);
    },
  };
}

describe('a lane', () => {
  it('runs so many at a time, in order, also after a failure', async () => {
    const lane = new Lane(2);
    const gates = [gate(), gate(), gate()];
    const begun: number[] = [];
    const runs = gates.map(({ passed }, index) =>
      lane.run(async () => {
        begun.push(index);
        await passed;
        if (index === 0) throw new Error('no');
      }),
    );
    const ended = Promise.allSettled(runs);
    expect(begun).toEqual([0, 1]);
    gates[0]?.open();
    await expect(runs[0]).rejects.toThrow('no');
    expect(begun).toEqual([0, 1, 2]);
    for (const each of gates) each.open();
    await ended;
  });
});

describe('a keyed lock', () => {
  it('lets one thing at a time happen to a key', async () => {
    const lock = new KeyedLock();
    const first = gate();
    const order: string[] = [];
    const runs = [
      lock.run('a', async () => {
        await first.passed;
        order.push('a1');
        throw new Error('no');
      }),
      lock.run('a', () => Promise.resolve(order.push('a2'))),
      lock.run('b', () => Promise.resolve(order.push('b1'))),
    ];
    await runs[2];
    first.open();
    await Promise.allSettled(runs);
    expect(order).toEqual(['b1', 'a1', 'a2']);
  });
});
