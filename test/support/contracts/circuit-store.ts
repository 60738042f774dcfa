import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../shared/kernel/time.ts';
import type { Circuit, CircuitStore } from '../../../shared/ports/circuits.ts';

const at = (offset: number) => epochMs(1_790_000_000_000 + offset);
const circuits: readonly Circuit[] = [
  { state: 'closed', failedAt: [at(0), at(1)] },
  { state: 'open', probeAt: at(2) },
  { state: 'probing', until: at(3) },
];

/** What every adapter of `CircuitStore` must do. `open` gives an empty one. */
export function circuitStoreContract(name: string, open: () => Promise<CircuitStore>): void {
  describe(`CircuitStore contract: ${name}`, () => {
    const key = { consumer: 'orders', type: 'erp.order' };

    it('gives back every kind of circuit, whatever its consumer and type are called', async () => {
      const store = await open();
      const consumer = 'topic/Subscriptions/x';
      const types = ['', `../\\#?%'\u0000\ud83d\ude00__proto__' or '`, 'é'.repeat(256)];
      for (const [place, circuit] of circuits.entries()) {
        const type = types[place] ?? '';
        expect(await store.read({ consumer, type })).toBeUndefined();
        const etag = await store.write({ consumer, type }, circuit, undefined);
        expect(await store.read({ consumer, type })).toEqual({ type, circuit, etag });
      }
      const found = await store.list(consumer);
      expect(new Set(found.map(({ type }) => type))).toEqual(new Set(types));
      expect(await store.list('topic')).toEqual([]);
    });

    it('inserts one of many, and changes only what was read', async () => {
      const store = await open();
      const writes = circuits.map((circuit) => store.write(key, circuit, undefined));
      const [etag, ...others] = (await Promise.all(writes)).filter((one) => one !== undefined);
      expect(others).toEqual([]);
      const changes = circuits.map((circuit) => store.write(key, circuit, etag));
      expect((await Promise.all(changes)).filter((one) => one !== undefined)).toHaveLength(1);
    });

    it('removes only what was read, and makes nothing of what is gone', async () => {
      const store = await open();
      const [circuit] = circuits;
      if (circuit === undefined) throw new Error('there are circuits');
      const first = (await store.write(key, circuit, undefined)) ?? '';
      const second = (await store.write(key, circuit, first)) ?? '';
      expect(await store.remove(key, first)).toBe(false);
      expect(await store.remove(key, second)).toBe(true);
      expect(await store.remove(key, second)).toBe(false);
      expect(await store.write(key, circuit, second)).toBeUndefined();
      expect(await store.list(key.consumer)).toEqual([]);
    });
  });
}
