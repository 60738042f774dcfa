import { describe, expect, it } from 'vitest';
import type { PayloadStore } from '../../../shared/ports/payloads.ts';

/** What every payload store must make true. */
export function payloadStoreContract(name: string, open: () => Promise<PayloadStore>): void {
  describe(`PayloadStore contract: ${name}`, () => {
    it('gives back the bytes that were put', async () => {
      const store = await open();
      const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);
      const reference = await store.put('dead-letters/a_b-c.1', bytes);
      expect(Buffer.compare(await store.get(reference), bytes)).toBe(0);
    });

    it('keeps the bytes of the first put and answers a repeated one alike', async () => {
      const store = await open();
      const first = await store.put('repeated', Uint8Array.of(1));
      expect(await store.put('repeated', Uint8Array.of(2))).toBe(first);
      expect([...(await store.get(first))]).toEqual([1]);
    });

    it('survives many puts of one new name at once', async () => {
      const store = await open();
      const puts = Array.from({ length: 10 }, () => store.put('raced', Uint8Array.of(7)));
      expect(new Set(await Promise.all(puts)).size).toBe(1);
    });

    it('says for good that a payload is not there', async () => {
      const store = await open();
      const present = await store.put('present', Uint8Array.of(1));
      const absent = present.replace('present', 'absent');
      await expect(store.get(absent)).rejects.toMatchObject({ kind: 'permanent' });
    });

    it.each(['', 'other/present', '../present', 'https://evil.example/x', 'payloads/../x'])(
      'refuses the reference %j for good',
      async (reference) => {
        const store = await open();
        await expect(store.get(reference)).rejects.toMatchObject({ kind: 'permanent' });
      },
    );
  });
}
