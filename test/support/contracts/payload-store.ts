import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PayloadStore } from '../../../shared/ports/payloads.ts';

/** What every payload store must make true. */
export function payloadStoreContract(name: string, open: () => Promise<PayloadStore>): void {
  describe(`PayloadStore contract: ${name}`, () => {
    it('returns the bytes that were put, under the reference it gave', async () => {
      const store = await open();
      const bytes = randomBytes(300_000);
      const reference = await store.put(`dead-letters/${randomUUID()}`, bytes);
      expect(Buffer.from(await store.get(reference)).equals(bytes)).toBe(true);
    });

    it('gives the same reference when a put is repeated', async () => {
      const store = await open();
      const blob = `dead-letters/${randomUUID()}`;
      const references = [await store.put(blob, Buffer.of(1)), await store.put(blob, Buffer.of(1))];
      expect(references[1]).toBe(references[0]);
    });

    it('keeps an empty payload', async () => {
      const store = await open();
      const reference = await store.put(`dead-letters/${randomUUID()}`, Buffer.alloc(0));
      expect(await store.get(reference)).toHaveLength(0);
    });

    it('fails for a reference that it never gave', async () => {
      const store = await open();
      const reference = await store.put(`dead-letters/${randomUUID()}`, Buffer.of(1));
      await expect(store.get(`${reference}-other`)).rejects.toThrow();
    });
  });
}
