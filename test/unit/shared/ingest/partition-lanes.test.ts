import { describe, expect, it } from 'vitest';
import { createPartitionLanes } from '../../../../shared/ingest/partition-lanes.ts';
import { mapLimited } from '../../../../shared/ingest/map-limited.ts';
import type { Author } from '../../../../shared/kernel/author.ts';

const [one, other] = ['one' as Author, 'other' as Author];

function createGate() {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    promise,
    open: () => {
      resolve(undefined);
    },
  };
}

describe('partition lanes', () => {
  it('runs the tasks of one author one after the other', async () => {
    const lanes = createPartitionLanes();
    const gate = createGate();
    const order: string[] = [];
    const first = lanes.run(one, async () => {
      await gate.promise;
      order.push('first');
    });
    const second = lanes.run(one, () => Promise.resolve(void order.push('second')));
    gate.open();
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
  });

  it('does not let one author wait for another', async () => {
    const lanes = createPartitionLanes();
    const gate = createGate();
    const held = lanes.run(one, () => gate.promise);
    expect(await lanes.run(other, () => Promise.resolve('done'))).toBe('done');
    gate.open();
    await held;
  });

  it('fails the caller of a failed task and nobody else', async () => {
    const lanes = createPartitionLanes();
    const failed = lanes.run(one, () => Promise.reject(new Error('no')));
    const next = lanes.run(one, () => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('done');
  });
});

describe('mapLimited', () => {
  it('keeps the order and never exceeds the limit', async () => {
    let [running, most] = [0, 0];
    const doubled = await mapLimited([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return item * 2;
    });
    expect(doubled).toEqual([2, 4, 6, 8, 10, 12, 14]);
    expect(most).toBe(3);
  });

  it('fails with the first failure', async () => {
    const failing = mapLimited([1, 2], 1, (item) => Promise.reject(new Error(`${item}`)));
    await expect(failing).rejects.toThrow('1');
  });
});
